-- What the functions of account.ts send. Written by: npm run sql

-- beginRemoval
delete from "session"
where "userId" = $1;

update "user"
set "status" = $1, "deletedAt" = coalesce("deletedAt", now()), "updatedAt" = now()
where "id" = $2
returning *;

select "id"
from "library"
where "ownerId" = $1
and "deletedAt" is null
order by "id";

update "library"
set "deletedAt" = now(), "updatedAt" = now()
where "id" = $1
and "deletedAt" is null
returning "importPaths";

select
from asset
where "libraryId" = $1
and "status" <> 'deleted'
order by "id"
for no key
update;

insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
select "id", "type", "source", "subject", "data", "isAcknowledged"
from (
  select encode(sha256(convert_to( $1::text || octet_length("id"::text) || ':' || "id" || ';', 'UTF8' )), 'hex') as "id", $2 as "type", $3 as "source", "id"::text as "subject", jsonb_build_object('assetId', "id", 'ownerId', "ownerId") as "data", false as "isAcknowledged"
  from asset
  where "libraryId" = $4
  and "status" <> 'deleted'
) event
on conflict do nothing;

update asset
set "status" = 'deleted', "deletedAt" = now(), "updatedAt" = now()
where "libraryId" = $1
and "status" <> 'deleted';

delete from scan_root
where exists (
  select
  from unnest($1::text[]) gone("path")
  where gone."path" = scan_root."path"
  or starts_with(gone."path", scan_root."path" || '/')
);

select
from asset
where "ownerId" = $1
and "status" <> 'deleted'
order by "id"
for no key
update;

insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
select "id", "type", "source", "subject", "data", "isAcknowledged"
from (
  select encode(sha256(convert_to( $1::text || octet_length("id"::text) || ':' || "id" || ';', 'UTF8' )), 'hex') as "id", $2 as "type", $3 as "source", "id"::text as "subject", jsonb_build_object('assetId', "id", 'ownerId', "ownerId") as "data", false as "isAcknowledged"
  from asset
  where "ownerId" = $4
  and "status" <> 'deleted'
) event
on conflict do nothing;

update asset
set "status" = 'deleted', "deletedAt" = now(), "updatedAt" = now()
where "ownerId" = $1
and "status" <> 'deleted';

-- forgetAccount
select "id"
from "user"
where "id" = $1
for update;

select "id"
from "user"
where "id" = $1
and "status" = $2
and not exists (
  select
  from asset
  where asset."ownerId" = "user"."id"
);

delete from album using album_user
where album_user."albumId" = album."id"
and album_user."userId" = $1
and album_user."role" = 'owner';

update "stored_object"
set "state" = $1, "ownerId" = $2, "assetId" = $3, "reason" = $4, "code" = $5, "changedAt" = now()
where "ownerId" = $6
and "state" in ($7, $8)
and "ownerFolder" is not null;

delete from "user"
where "id" = $1;

-- isReadyToForget
select "id"
from "user"
where "id" = $1
and "status" = $2
and not exists (
  select
  from asset
  where asset."ownerId" = "user"."id"
);

-- listAccountsToRemove
select "id"
from "user"
where ("status" = $1 or ("status" = $2 and "deletedAt" < now() - make_interval(days => $3)))
order by "id";

-- listPeopleOfOwner
select *
from "person"
where "ownerId" = $1;
