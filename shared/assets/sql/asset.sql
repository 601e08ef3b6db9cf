-- What the functions of asset.ts send. Written by: npm run sql

-- claimLostDeletions
update asset
set "deletedAt" = now()
where "id" in (
  select "id"
  from asset
  where "status" = 'deleted'
  and "deletedAt" < $1
  order by "deletedAt"
  limit $2
  for update skip locked
)
returning "id", "ownerId";

-- deleteAllAssets
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

-- deleteAssets
select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

select
from "user"
where "id" in (
  select "ownerId"
  from asset
  where "id" = any($1::uuid[])
)
order by "id"
for no key
update;

update "asset"
set "status" = $1, "deletedAt" = now(), "updatedAt" = now()
where "id" in ($2, $3)
and "status" in ($4)
and "isOffline" in ($5)
returning "id", "ownerId", "fileSizeInByte", "libraryId";

update "asset"
set "status" = $1, "deletedAt" = now(), "updatedAt" = now()
where "id" in ($2, $3)
and "status" in ($4, $5)
and "isOffline" in ($6, $7)
returning "id", "ownerId", "fileSizeInByte", "libraryId";

update "user"
set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $1::bigint)
where "id" = $2
and ("quotaSizeInBytes" is null or $3::bigint < 0 or "quotaUsageInBytes" + $4::bigint <= "quotaSizeInBytes");

insert into "outbox" ("id", "type", "source", "subject", "data", "traceparent", "isAcknowledged")
select "id", "type", "source", "subject", "data", "traceparent", "isAcknowledged"
from json_populate_recordset(null::"outbox", $1::json)
on conflict ("id") do nothing;

-- findAsset
select *
from "asset"
where "id" = $1;

-- forgetAsset
delete from stored_object
where "assetId" = $1
and ( ("key" = $2 and not $3::boolean) or "state" not in ('asset', 'duplicate') or exists (
  select
  from library
  where library."id" = $4
  and "deletedAt" is not null
) );

update "stored_object"
set "state" = $1, "reason" = $2, "code" = $3, "assetId" = $4, "changedAt" = now()
where "assetId" = $5;

delete from "asset"
where "id" = $1
and "status" = $2;

-- isAssetAlive
select "status"
from "asset"
where "id" = $1
for share;

-- listAssetFiles
select *
from "asset_file"
where "assetId" = $1;

-- listAssetsByChecksum
select "id", "checksum", "originalPath", "fileSizeInByte", "isOffline", "status"
from "asset"
where "ownerId" = $1
and "libraryId" is null
and "status" != $2
and "checksum" in ($3, $4);

-- listExpiredTrash
select "id", "deletedAt"
from asset
where "status" = 'trashed'
and not "isOffline"
and "deletedAt" < now() - make_interval(days => $1)
and ($2::boolean or ("deletedAt", "id") > ($3::timestamptz, $4::uuid))
order by "deletedAt", "id"
limit $5;

-- lockAssets
select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

-- lockAssetsOfFaces
select
from asset
where "id" in (
  select "assetId"
  from asset_face
  where "id" = any($1::uuid[])
)
order by "id"
for share;
