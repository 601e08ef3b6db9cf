-- What the functions of place-face.ts send. Written by: npm run sql

-- addDrawnFace
select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

select "id"
from "person"
where "id" = $1;

insert into "asset_face" ("imageWidth", "imageHeight", "boundingBoxX1", "boundingBoxY1", "boundingBoxX2", "boundingBoxY2", "assetId", "id", "personId", "modelSet", "score", "sourceType", "isPlacedByUser", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

select "person"."id"
from "person"
left join "asset_face" on "asset_face"."id" = "person"."faceAssetId"
and "asset_face"."personId" = "person"."id"
and "asset_face"."deletedAt" is null
where "person"."id" in ($1)
and "asset_face"."id" is null
order by "person"."id";

select "asset_face"."id", "asset_face"."assetId"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."personId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3
order by ("boundingBoxX2" - "boundingBoxX1")::real * ("boundingBoxY2" - "boundingBoxY1") / ("imageWidth"::real * "imageHeight") desc, "asset_face"."id"
limit $4;

update "person"
set "faceAssetId" = $1, "thumbnailPath" = $2, "updatedAt" = now()
where "id" = $3;

select "state"
from "asset_stage"
where "assetId" = $1
and "stage" = $2
and "state" in ($3, $4, $5);

insert into asset_stage ("assetId", "stage", "state")
values ($1, $2, case when exists (
  select
  from system_metadata
  where key = 'paused:' || $3
) then 'pending' else $4 end)
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

update "asset_stage"
set "state" = $1, "reason" = $2, "recipe" = $3, "attempts" = $4, "holder" = $5, "leaseUntil" = $6, "changedAt" = now()
where "assetId" = $7
and "stage" = $8;

-- deletePeople
select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

delete from "person"
where "ownerId" = $1
and "id" in ($2, $3)
returning *;

-- deletePeopleWithoutFaces
select distinct "ownerId"
from "person"
where not exists (
  select
  from asset_face f
  where f."personId" = person."id"
  and f."deletedAt" is null
);

select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

delete from "person"
where "ownerId" = $1
and not exists (
  select
  from asset_face f
  where f."personId" = person."id"
  and f."deletedAt" is null
)
returning *;

-- listFacesOfPerson
select *
from "asset_face"
where "personId" = $1
and "assetId" = $2
and "deletedAt" is null
order by "id";

-- mergePeople
select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

select *
from "person"
where "ownerId" = $1
and "id" in ($2, $3);

update "asset_face"
set "personId" = $1, "updatedAt" = now()
where "personId" in ($2);

delete from "person"
where "id" in ($1);

update "person"
set "name" = $1, "birthDate" = $2, "updatedAt" = now()
where "id" = $3;

select "person"."id"
from "person"
left join "asset_face" on "asset_face"."id" = "person"."faceAssetId"
and "asset_face"."personId" = "person"."id"
and "asset_face"."deletedAt" is null
where "person"."id" in ($1)
and "asset_face"."id" is null
order by "person"."id";

-- moveFaces
select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

select "id"
from "person"
where "id" = $1;

select "personId"
from "asset_face"
where "id" in ($1, $2);

update "asset_face"
set "personId" = $1, "isPlacedByUser" = $2, "updatedAt" = now()
where "id" in ($3, $4);

select "person"."id"
from "person"
left join "asset_face" on "asset_face"."id" = "person"."faceAssetId"
and "asset_face"."personId" = "person"."id"
and "asset_face"."deletedAt" is null
where "person"."id" in ($1, $2)
and "asset_face"."id" is null
order by "person"."id";

select "asset_face"."id", "asset_face"."assetId"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."personId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3
order by ("boundingBoxX2" - "boundingBoxX1")::real * ("boundingBoxY2" - "boundingBoxY1") / ("imageWidth"::real * "imageHeight") desc, "asset_face"."id"
limit $4;

update "person"
set "faceAssetId" = $1, "thumbnailPath" = $2, "updatedAt" = now()
where "id" = $3;

select "state"
from "asset_stage"
where "assetId" = $1
and "stage" = $2
and "state" in ($3, $4, $5);

insert into asset_stage ("assetId", "stage", "state")
values ($1, $2, case when exists (
  select
  from system_metadata
  where key = 'paused:' || $3
) then 'pending' else $4 end)
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

update "asset_stage"
set "state" = $1, "reason" = $2, "recipe" = $3, "attempts" = $4, "holder" = $5, "leaseUntil" = $6, "changedAt" = now()
where "assetId" = $7
and "stage" = $8;

-- removeFace
select "asset"."ownerId", "asset_face"."personId"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."id" = $1;

select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

update "asset_face"
set "deletedAt" = now(), "updatedAt" = now()
where "id" = $1;

select "person"."id"
from "person"
left join "asset_face" on "asset_face"."id" = "person"."faceAssetId"
and "asset_face"."personId" = "person"."id"
and "asset_face"."deletedAt" is null
where "person"."id" in ($1)
and "asset_face"."id" is null
order by "person"."id";

select "asset_face"."id", "asset_face"."assetId"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."personId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3
order by ("boundingBoxX2" - "boundingBoxX1")::real * ("boundingBoxY2" - "boundingBoxY1") / ("imageWidth"::real * "imageHeight") desc, "asset_face"."id"
limit $4;

update "person"
set "faceAssetId" = $1, "thumbnailPath" = $2, "updatedAt" = now()
where "id" = $3;

delete from "asset_face"
where "id" = $1;

-- setFeatureFace
select pg_advisory_xact_lock(hashtextextended($1, 0));

select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

select *
from "asset_face"
where "personId" = $1
and "assetId" = $2
and "deletedAt" is null
order by "id";

update "person"
set "faceAssetId" = $1, "thumbnailPath" = $2, "updatedAt" = now()
where "id" = $3;

select "state"
from "asset_stage"
where "assetId" = $1
and "stage" = $2
and "state" in ($3, $4, $5);

insert into asset_stage ("assetId", "stage", "state")
values ($1, $2, case when exists (
  select
  from system_metadata
  where key = 'paused:' || $3
) then 'pending' else $4 end)
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

update "asset_stage"
set "state" = $1, "reason" = $2, "recipe" = $3, "attempts" = $4, "holder" = $5, "leaseUntil" = $6, "changedAt" = now()
where "assetId" = $7
and "stage" = $8;
