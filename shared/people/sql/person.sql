-- What the functions of person.ts send. Written by: npm run sql

-- countAssetsOfPerson
select count(distinct asset."id") as "count"
from "person"
inner join "asset_face" on "asset_face"."personId" = "person"."id"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "person"."ownerId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3
and "person"."id" = $4;

-- countPeople
select count(distinct person."id") as "total", count(distinct person."id") filter (where person."isHidden") as "hidden"
from "person"
inner join "asset_face" on "asset_face"."personId" = "person"."id"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "person"."ownerId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3;

-- createPerson
insert into "person" ("id", "ownerId", "birthDate", "faceAssetId", "color", "name")
values ($1, $2, $3, $4, $5, $6)
returning *;

-- findPerson
select *
from "person"
where "id" = $1;

-- listPeople
select "person".*
from "person"
inner join "asset_face" on "asset_face"."personId" = "person"."id"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "person"."ownerId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3
group by "person"."id"
having ("person"."name" != $4 or count(*) >= $5)
order by "person"."isHidden", "person"."isFavorite" desc, person."name" = '', count(*) desc, lower(person."name") collate "C", "person"."createdAt", "person"."id"
limit $6
offset $7;

select "person".*
from "person"
inner join "asset_face" on "asset_face"."personId" = "person"."id"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "person"."ownerId" = $1
and "asset_face"."deletedAt" is null
and "asset"."status" = $2
and "asset"."visibility" = $3
and "person"."isHidden" = $4
group by "person"."id"
having ("person"."name" != $5 or count(*) >= $6)
order by "person"."isHidden", "person"."isFavorite" desc, (
  select own."embedding" <=> (
    select "embedding"
    from face_search
    where face_search."ownerId" = $7
    and ("faceId" = $8 or "faceId" in (
      select "id"
      from asset_face
      where "assetId" = $9
      and "deletedAt" is null
    ))
    order by "faceId"
    limit 1
  )
  from face_search own
  where own."faceId" = person."faceAssetId"
) nulls last, person."name" = '', count(*) desc, lower(person."name") collate "C", "person"."createdAt", "person"."id"
limit $10
offset $11;

-- listPeopleById
select *
from "person"
where "id" in ($1, $2);

-- updatePerson
update "person"
set "name" = $1, "isHidden" = $2, "updatedAt" = now()
where "id" = $3
returning *;
