-- What the functions of asset-face.ts send. Written by: npm run sql

-- assignFaces
update "asset_face"
set "personId" = $1, "updatedAt" = now()
where "id" in ($2, $3)
and "personId" is null
and "isPlacedByUser" = $4;

-- hasFewFaces
select count(*) as "count"
from (
  select
  from face_search
  where "ownerId" = $1
  and "modelSet" = $2
  limit $3
) own;

-- insertPerson
insert into "person" ("id", "ownerId", "birthDate", "faceAssetId", "color")
values ($1, $2, $3, $4, $5);

-- listEmbeddedFaces
select "asset_face"."id"
from "asset_face"
inner join "face_search" on "face_search"."faceId" = "asset_face"."id"
where "asset_face"."assetId" = $1
and "asset_face"."deletedAt" is null
and "face_search"."modelSet" = $2
order by "asset_face"."id";

-- listFaceIdsOf
select "id"
from "asset_face"
where "assetId" = $1
order by "id";

-- listFacePairs
select "from", "to", "distance"
from (
  select a."faceId" as "from", b."faceId" as "to", a."embedding" <=> b."embedding" as "distance"
  from face_search a
  cross join face_search b
  where a."faceId" = any($1::uuid[])
  and b."faceId" = any($2::uuid[])
  offset 0
) pair
where "distance" <= $3;

-- listFaceStandings
select f."id" as "faceId", f."personId", f."isPlacedByUser"
from asset_face f
join asset on asset."id" = f."assetId"
where f."id" = any($1::uuid[])
and f."deletedAt" is null
and asset."status" <> 'deleted';

-- listFacesOf
select *
from "asset_face"
where "assetId" = $1
and "deletedAt" is null
order by "boundingBoxX1", "id";

-- listMissingPortraits
select "person"."id" as "personId", "person"."ownerId", "face"."id" as "faceId", "file"."path" as "previewPath", "face"."imageWidth", "face"."imageHeight", "face"."boundingBoxX1", "face"."boundingBoxY1", "face"."boundingBoxX2", "face"."boundingBoxY2"
from "person"
inner join "asset_face" as "face" on "face"."id" = "person"."faceAssetId"
inner join "asset_file" as "file" on "file"."assetId" = "face"."assetId"
where "person"."ownerId" = $1
and "person"."thumbnailPath" = $2
and "file"."type" = $3
and "file"."isEdited" = $4
limit $5;

-- listNearestFaces
with face as (
  select "faceId", "embedding"
  from face_search
  where "faceId" = $1
  and "ownerId" = $2
  and "modelSet" = $3
), nearest as materialized (
  select s."faceId", s."embedding" <=> (
    select "embedding"
    from face
  ) as "distance"
  from face_search s
  where "ownerId" = $4
  and "modelSet" = $5
  and s."faceId" <> $6
  and exists (
    select
    from face
  )
  order by s."embedding" <=> (
    select "embedding"
    from face
  )
  limit $7
)
select "faceId", 0::float8 as "distance"
from face
union all select "faceId", "distance"
from nearest
order by "distance", "faceId";

-- lockPeopleOf
select pg_advisory_xact_lock(hashtextextended($1, 0));

-- replaceFaces
select *
from "asset_face"
where "assetId" = $1
order by "id"
for update;

delete from "asset_face"
where "id" in ($1);

update "asset_face"
set "modelSet" = $1, "imageWidth" = $2, "imageHeight" = $3, "boundingBoxX1" = $4, "boundingBoxY1" = $5, "boundingBoxX2" = $6, "boundingBoxY2" = $7, "score" = $8, "updatedAt" = now()
where "id" = $9;

insert into "face_search" ("faceId", "ownerId", "modelSet", "embedding")
values ($1, $2, $3, $4)
on conflict ("faceId") do update
set "modelSet" = excluded."modelSet", "embedding" = excluded."embedding";

insert into "asset_face" ("id", "assetId", "personId", "deletedAt", "modelSet", "imageWidth", "imageHeight", "boundingBoxX1", "boundingBoxY1", "boundingBoxX2", "boundingBoxY2", "score")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- searchWidely
select set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'strict_order', true);

-- setPortrait
update "person"
set "thumbnailPath" = $1, "updatedAt" = now()
where "id" = $2
and "faceAssetId" = $3;
