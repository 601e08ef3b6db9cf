-- What the functions of api-key.ts send. Written by: npm run sql

-- createApiKey
insert into "api_key" ("id", "name", "key", "userId", "permissions")
values ($1, $2, $3, $4, $5)
returning *;

-- deleteApiKey
delete from "api_key"
where "id" = $1
and "userId" = $2;

-- findApiKey
select *
from "api_key"
where "id" = $1
and "userId" = $2;

-- findApiKeyByHash
select "user".*, "api_key"."id" as "apiKeyId", "api_key"."permissions"
from "api_key"
inner join "user" on "user"."id" = "api_key"."userId"
where "api_key"."key" = $1
and "user"."deletedAt" is null;

-- listApiKeys
select *
from "api_key"
where "userId" = $1
order by "createdAt" desc, "id";

-- updateApiKey
update "api_key"
set "name" = $1, "permissions" = $2, "key" = $3, "updatedAt" = now()
where "id" = $4
and "userId" = $5
returning *;
