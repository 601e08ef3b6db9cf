-- What the functions of place-face.ts send. Written by: npm run sql

-- addDrawnFace
select pg_advisory_xact_lock(hashtextextended($1, 0));

select "id"
from "person"
where "id" = $1;

select "status"
from "asset"
where "id" = $1
for share;

insert into "asset_face" ("imageWidth", "imageHeight", "boundingBoxX1", "boundingBoxY1", "boundingBoxX2", "boundingBoxY2", "assetId", "id", "personId", "modelSet", "score", "sourceType", "isPlacedByUser", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- deletePeople
select pg_advisory_xact_lock(hashtextextended($1, 0));

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

-- moveFaces
select pg_advisory_xact_lock(hashtextextended($1, 0));

select "id"
from "person"
where "id" = $1;

select
from asset
where "id" in (
  select "assetId"
  from asset_face
  where "id" = any($1::uuid[])
)
order by "id"
for share;

update "asset_face"
set "personId" = $1, "isPlacedByUser" = $2, "updatedAt" = now()
where "id" in ($3, $4);

-- removeFace
select "asset"."ownerId"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."id" = $1;

select pg_advisory_xact_lock(hashtextextended($1, 0));

update "asset_face"
set "deletedAt" = now(), "updatedAt" = now()
where "id" = $1;

delete from "asset_face"
where "id" = $1;

-- setFeatureFace
select pg_advisory_xact_lock(hashtextextended($1, 0));

select "id"
from "asset"
where "id" = $1
and "ownerId" = $2
and "status" = $3
and "visibility" in ($4, $5)
for share;

select *
from "asset_face"
where "personId" = $1
and "assetId" = $2
and "deletedAt" is null
order by "id";

update "person"
set "faceAssetId" = $1, "thumbnailPath" = $2, "updatedAt" = now()
where "id" = $3;
