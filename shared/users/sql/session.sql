-- What the functions of session.ts send. Written by: npm run sql

-- createSession
insert into "session" ("parentId", "appVersion", "expiresAt", "pinExpiresAt", "oauthSid", "oauthBearerToken", "id", "token", "userId")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning *;

-- deleteExpiredSessions
delete from "session"
where ("expiresAt" < now() or "updatedAt" < now() - interval '90 days');

-- deleteOtherSessions
delete from "session"
where "userId" = $1;

update "session"
set "parentId" = $1
where "id" = $2;

delete from "session"
where "userId" = $1
and "id" != $2;

-- deleteSession
delete from "session"
where "id" = $1
and "userId" = $2;

-- findSession
select *
from "session"
where "id" = $1;

-- findSessionByToken
select "user".*, "session"."id" as "sessionId", "session"."appVersion", "session"."updatedAt" as "sessionUpdatedAt", "session"."expiresAt", "session"."pinExpiresAt"
from "session"
inner join "user" on "user"."id" = "session"."userId"
where "session"."token" = $1
and "user"."deletedAt" is null
and ("session"."expiresAt" is null or "session"."expiresAt" > now());

-- listSessions
select *
from "session"
where "userId" = $1
and ("expiresAt" is null or "expiresAt" > now())
order by "updatedAt" desc, "createdAt" desc;

-- lockAllSessions
update "session"
set "pinExpiresAt" = $1
where "userId" = $2;

-- lockSession
update "session"
set "pinExpiresAt" = $1
where "id" = $2
and "userId" = $3;

-- requestSyncReset
update "session"
set "isPendingSyncReset" = $1, "updatedAt" = now()
where "id" = $2
and "userId" = $3
returning *;

-- touchSession
update "session"
set "deviceType" = $1, "appVersion" = $2, "updatedAt" = now()
where "id" = $3;

-- unlockSession
update "session"
set "pinExpiresAt" = now() + make_interval(mins => $1)
where "id" = $2
and "userId" = $3;
