-- What the functions of move-asset.ts send. Written by: npm run sql

-- moveAsset
select *
from "stored_object"
where "store" = $1
and "key" = $2;

delete from "stored_object"
where "store" = $1
and "key" = $2;

update "stored_object"
set "store" = $1, "key" = $2, "version" = $3, "ownerFolder" = $4, "changedAt" = now()
where "store" = $5
and "key" = $6;

update "asset"
set "originalPath" = $1, "originalFileName" = $2, "updatedAt" = now()
where "id" = $3;

update "asset_file"
set "path" = $1, "updatedAt" = now()
where "assetId" = $2
and "type" = $3
and "path" = $4;

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
