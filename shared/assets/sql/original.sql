-- What the functions of original.ts send. Written by: npm run sql

-- moveOriginal
update "asset"
set "originalPath" = $1, "isExternal" = $2, "updatedAt" = now()
where "id" = $3
and "originalPath" = $4
and "status" != $5;

delete from "stored_object"
where "assetId" = $1
and "key" = $2;

insert into "stored_object" ("store", "key", "state", "assetId", "ownerId", "sizeBytes", "version", "reason", "code", "ownerFolder", "holder", "leaseUntil")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict ("store", "key") do update
set "state" = $13, "assetId" = $14, "ownerId" = $15, "sizeBytes" = $16, "version" = $17, "reason" = $18, "code" = $19, "ownerFolder" = $20, "changedAt" = now();

update "asset"
set "isOffline" = $1, "status" = coalesce("statusWhenSeen", "status"), "deletedAt" = case when coalesce("statusWhenSeen", "status") = 'active' then null else "deletedAt" end, "statusWhenSeen" = $2, "updatedAt" = now()
where "id" = $3
and "isOffline" = $4
and "status" != $5;

update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where "assetId" = $1
and "state" = 'failed'
and "code" = 'store/not-found';

-- replaceOriginal
select "ownerId", "libraryId", "originalPath", "isOffline", "checksum", "fileSizeInByte"
from "asset"
where "id" = $1
and "status" != $2
for update;

select "id", "originalPath", "fileSizeInByte", "isOffline", "status"
from "asset"
where "ownerId" = $1
and "checksum" = $2
and "libraryId" is null
and "status" != $3;

insert into "stored_object" ("store", "key", "state", "assetId", "ownerId", "sizeBytes", "version", "reason", "code", "ownerFolder", "holder", "leaseUntil")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict ("store", "key") do update
set "state" = $13, "assetId" = $14, "ownerId" = $15, "sizeBytes" = $16, "version" = $17, "reason" = $18, "code" = $19, "ownerFolder" = $20, "changedAt" = now();

update "asset"
set "isOffline" = $1, "status" = coalesce("statusWhenSeen", "status"), "deletedAt" = case when coalesce("statusWhenSeen", "status") = 'active' then null else "deletedAt" end, "statusWhenSeen" = $2, "updatedAt" = now()
where "id" = $3
and "isOffline" = $4
and "status" != $5;

update "asset"
set "checksum" = $1, "fileSizeInByte" = $2, "fileModifiedAt" = $3, "updatedAt" = now()
where "id" = $4;

update "user"
set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $1::bigint)
where "id" = $2;

delete from "asset_stage"
where "assetId" = $1;

insert into asset_stage ("assetId", "stage", "ownerId", "kind", "state")
select "id", $1, "ownerId", "type", case when exists (
  select
  from system_metadata
  where key = 'paused:' || $2
) then 'pending' else $3 end
from asset
where "id" = $4
and "type" = any($5::text[])
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

-- takeOverOriginal
update "asset"
set "originalPath" = $1, "isExternal" = $2, "updatedAt" = now(), "status" = $3, "statusWhenSeen" = $4, "deletedAt" = $5, "isOffline" = $6
where "id" = $7
and "originalPath" = $8
and "isOffline" = $9
and "status" = $10;

delete from "stored_object"
where "assetId" = $1
and "key" = $2;

update "stored_object"
set "state" = $1, "assetId" = $2, "sizeBytes" = $3, "holder" = $4, "leaseUntil" = $5, "changedAt" = now()
where "store" = $6
and "key" = $7
and "state" = $8;

update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where "assetId" = $1
and "state" = 'failed'
and "code" = 'store/not-found';

update "asset"
set "originalPath" = $1, "isExternal" = $2, "updatedAt" = now(), "deletedAt" = $3
where "id" = $4
and "originalPath" = $5
and "isOffline" = $6
and "status" = $7;

update "stored_object"
set "state" = $1, "changedAt" = now()
where "assetId" = $2
and "key" = $3;
