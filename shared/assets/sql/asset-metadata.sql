-- What the functions of asset-metadata.ts send. Written by: npm run sql

-- deleteAssetMetadata
delete from asset_metadata using jsonb_to_recordset($1::jsonb) as given ("assetId" uuid, "key" text)
where asset_metadata."assetId" = given."assetId"
and asset_metadata."key" = given."key";

-- findAssetMetadata
select *
from "asset_metadata"
where "assetId" = $1
and "key" = $2;

-- listAssetMetadata
select *
from "asset_metadata"
where "assetId" = $1
order by "key" collate "C";

-- putAssetMetadata
with given as (
  select distinct on ("assetId", "key") *
  from jsonb_to_recordset($1::jsonb) as given ("assetId" uuid, "key" text, "value" jsonb, "position" integer)
  order by "assetId", "key", "position" desc
), written as (
  insert into asset_metadata ("assetId", "key", "value")
  select "assetId", "key", "value"
  from given
  on conflict ("assetId", "key") do update
  set "value" = excluded."value", "updatedAt" = now()
  returning *
)
select written.*
from written
join given using ("assetId", "key")
order by given."position";
