-- What the functions of render-asset.ts send. Written by: npm run sql

-- findAssetFilePath
select "path"
from "asset_file"
where "assetId" = $1
and "type" = $2
and "isEdited" = $3;

-- renderAsset
update "asset"
set "thumbhash" = $1, "updatedAt" = now()
where "id" = $2;

insert into "asset_file" ("assetId", "type", "path")
select "assetId", "type", "path"
from json_populate_recordset(null::"asset_file", $1::json)
on conflict ("assetId", "type", "isEdited") do update
set "path" = excluded."path", "updatedAt" = now();
