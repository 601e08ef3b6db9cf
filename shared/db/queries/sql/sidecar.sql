-- What the functions of sidecar.ts send. Written by: npm run sql

-- listAssetsOfKeys
select "key", "assetId"
from "stored_object"
where "store" = $1
and "key" in ($2, $3)
and "state" = $4;

-- setSidecar
insert into "asset_file" ("assetId", "type", "path")
values ($1, $2, $3)
on conflict ("assetId", "type", "isEdited") do update
set "path" = $4, "updatedAt" = now();

update "asset_stage"
set "state" = $1, "reason" = $2, "recipe" = $3, "attempts" = $4, "createdAt" = now(), "changedAt" = now()
where "stage" = $5
and "state" in ($6, $7, $8)
and "assetId" = $9;

delete from "asset_file"
where "assetId" = $1
and "type" = $2;
