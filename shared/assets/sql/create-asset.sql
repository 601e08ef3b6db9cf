-- What the functions of create-asset.ts send. Written by: npm run sql

-- createAsset
insert into "asset" ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "duration", "livePhotoVideoId", "stackId", "duplicateId", "deletedAt", "libraryId")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
on conflict do nothing
returning "id", "ownerId", "type";

with created as (
  insert into "asset" ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "duration", "livePhotoVideoId", "stackId", "duplicateId", "deletedAt", "libraryId")
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
  on conflict do nothing
  returning "id", "ownerId", "type"
), exif as (
  insert into asset_exif ("assetId", "fileSizeInByte")
  select "id", $20::bigint
  from created
), stage as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", $21, "ownerId", "type"
  from created
  where "type" = any($22::text[])
), kept as (
  update stored_object
  set "state" = 'asset', "sizeBytes" = $23::bigint, "holder" = null, "leaseUntil" = null, "changedAt" = now()
  from created
  where "store" = $24
  and "key" = $25
  and "state" = 'reserved'
  returning "key"
), sidecar as (
  insert into asset_file ("assetId", "type", "path")
  select "id", 'sidecar', $26::text
  from created
), metadata as (
  insert into asset_metadata ("assetId", "key", "value")
  select created."id", item."key", item."value"
  from created, jsonb_to_recordset($27::jsonb) item("key" text, "value" jsonb)
), counted as (
  update "user"
  set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $28::bigint)
  from created
  where "user"."id" = "ownerId"
  and ("quotaSizeInBytes" is null or $29::bigint < 0 or "quotaUsageInBytes" + $30::bigint <= "quotaSizeInBytes")
  returning "user"."id"
)
select case when not exists (
  select
  from kept
) then refuse('lost') when not exists (
  select
  from counted
) then refuse('quota-exceeded') else true end as "isKept"
from created;

with created as (
  insert into "asset" ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "duration", "livePhotoVideoId", "stackId", "duplicateId", "deletedAt", "libraryId")
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
  on conflict do nothing
  returning "id", "ownerId", "type"
), exif as (
  insert into asset_exif ("assetId", "fileSizeInByte")
  select "id", $20::bigint
  from created
), stage as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", $21, "ownerId", "type"
  from created
  where "type" = any($22::text[])
), kept as (
  update stored_object
  set "state" = 'asset', "sizeBytes" = $23::bigint, "holder" = null, "leaseUntil" = null, "changedAt" = now()
  from created
  where "store" = $24
  and "key" = $25
  and "state" = 'reserved'
  returning "key"
), counted as (
  update "user"
  set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $26::bigint)
  from created
  where "user"."id" = "ownerId"
  and ("quotaSizeInBytes" is null or $27::bigint < 0 or "quotaUsageInBytes" + $28::bigint <= "quotaSizeInBytes")
  returning "user"."id"
)
select case when not exists (
  select
  from kept
) then refuse('lost') when not exists (
  select
  from counted
) then refuse('quota-exceeded') else true end as "isKept"
from created;

select "id", "originalPath", "fileSizeInByte", "isOffline", "status"
from "asset"
where "ownerId" = $1
and "checksum" = $2
and "libraryId" is null
and "status" != $3;

with created as (
  insert into "asset" ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "duration", "livePhotoVideoId", "stackId", "duplicateId", "deletedAt", "libraryId")
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
  on conflict do nothing
  returning "id", "ownerId", "type"
), exif as (
  insert into asset_exif ("assetId", "fileSizeInByte")
  select "id", $20::bigint
  from created
), stage as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", $21, "ownerId", "type"
  from created
  where "type" = any($22::text[])
), kept as (
  update stored_object
  set "state" = 'asset', "sizeBytes" = $23::bigint, "holder" = null, "leaseUntil" = null, "changedAt" = now()
  from created
  where "store" = $24
  and "key" = $25
  and "state" = 'reserved'
  returning "key"
), hidden as (
  update asset
  set "visibility" = 'hidden', "updatedAt" = case when asset."visibility" = 'hidden' then asset."updatedAt" else now() end
  from created
  where asset."id" = $26
  and asset."ownerId" = created."ownerId"
  and asset."type" = 'VIDEO'
  and asset."status" <> 'deleted'
  returning asset."id"
), counted as (
  update "user"
  set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $27::bigint)
  from created
  where "user"."id" = "ownerId"
  and ("quotaSizeInBytes" is null or $28::bigint < 0 or "quotaUsageInBytes" + $29::bigint <= "quotaSizeInBytes")
  returning "user"."id"
)
select case when not exists (
  select
  from hidden
) then refuse('no-motion-part') when not exists (
  select
  from kept
) then refuse('lost') when not exists (
  select
  from counted
) then refuse('quota-exceeded') else true end as "isKept"
from created;

with created as (
  insert into "asset" ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "duration", "livePhotoVideoId", "stackId", "duplicateId", "deletedAt", "libraryId")
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
  on conflict do nothing
  returning "id", "ownerId", "type"
), exif as (
  insert into asset_exif ("assetId", "fileSizeInByte")
  select "id", $20::bigint
  from created
), stage as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", $21, "ownerId", "type"
  from created
  where "type" = any($22::text[])
), kept as (
  insert into stored_object ("store", "key", "state", "assetId", "ownerId", "sizeBytes", "version", "ownerFolder")
  select $23::text, $24::text, 'asset', "id", "ownerId", $25::bigint, $26::text, $27::text
  from created
  on conflict ("store", "key") do update
  set "state" = excluded."state", "assetId" = excluded."assetId", "ownerId" = excluded."ownerId", "sizeBytes" = excluded."sizeBytes", "version" = excluded."version", "ownerFolder" = excluded."ownerFolder", "reason" = null, "code" = null, "changedAt" = now()
  returning "key"
), counted as (
  update "user"
  set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $28::bigint)
  from created
  where "user"."id" = "ownerId"
  and ("quotaSizeInBytes" is null or $29::bigint < 0 or "quotaUsageInBytes" + $30::bigint <= "quotaSizeInBytes")
  returning "user"."id"
)
select case when not exists (
  select
  from kept
) then refuse('lost') when not exists (
  select
  from counted
) then refuse('quota-exceeded') else true end as "isKept"
from created;

-- findAssetByChecksum
select "id", "originalPath", "fileSizeInByte", "isOffline", "status"
from "asset"
where "ownerId" = $1
and "checksum" = $2
and "libraryId" is null
and "status" != $3;

-- hasAssetOfSize
select "id"
from "asset"
where "ownerId" = $1
and "fileSizeInByte" = $2
limit $3;
