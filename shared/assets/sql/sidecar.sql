-- What the functions of sidecar.ts send. Written by: npm run sql

-- listAssetsOfKeys
select o."key", a."id" as "assetId", a."ownerId", a."libraryId"
from stored_object o
join asset a on a."id" = o."assetId"
where o."store" = $1
and o."key" = any($2::text[])
and o."state" = 'asset';

-- setSidecar
insert into "asset_file" ("assetId", "type", "path")
values ($1, $2, $3)
on conflict ("assetId", "type", "isEdited") do update
set "path" = $4, "updatedAt" = now();

update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where "assetId" = $1
and "stage" = $2
and "state" in ('done', 'failed', 'unsupported');

delete from "asset_file"
where "assetId" = $1
and "type" = $2;
