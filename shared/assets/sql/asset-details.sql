-- What the functions of asset-details.ts send. Written by: npm run sql

-- countAssets
select "type", sum("count") as "count"
from "asset_month_count"
where "ownerId" = $1
and "visibility" in ($2, $3)
group by "type";

select "type", sum("count") as "count"
from "asset_month_count"
where "ownerId" = $1
and "isTrashed" = $2
and "visibility" = $3
and "isFavorite" = $4
group by "type";

-- editAsset
select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

update "asset"
set "isFavorite" = $1, "visibility" = $2, "updatedAt" = now()
where "id" in ($3, $4);

select "asset"."id" as "assetId", "fileCreatedAt", "localDateTime", "timeZone"
from "asset"
left join "asset_exif" on "asset_exif"."assetId" = "asset"."id"
where asset."id" = any($1::uuid[]);

update asset
set "fileCreatedAt" = m.instant, "localDateTime" = m."wallTime", "updatedAt" = now()
from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as m("assetId", instant, "wallTime")
where asset."id" = m."assetId";

update asset_exif
set "dateTimeOriginal" = m.instant, "timeZone" = m."timeZone", "updatedAt" = now(), "lockedProperties" = array(
  select distinct unnest("lockedProperties" || $1::text[])
)
from unnest($2::uuid[], $3::timestamptz[], $4::text[]) as m("assetId", instant, "timeZone")
where asset_exif."assetId" = m."assetId";

update "asset"
set "city" = $1, "country" = $2, "latitude" = $3, "longitude" = $4, "updatedAt" = now()
where "id" in ($5, $6);

update "asset_exif"
set "description" = $1, "rating" = $2, "latitude" = $3, "longitude" = $4, "city" = $5, "state" = $6, "country" = $7, "updatedAt" = now(), "lockedProperties" = array(
  select distinct unnest("lockedProperties" || $8::text[])
)
where "assetId" in ($9, $10);

-- findAssetDetails
select *
from "asset"
where "id" = $1
and "status" != $2;

select *
from "asset_exif"
where "assetId" = $1;

select *
from "user"
where "id" = $1;

select *
from "person"
where "id" in (
  select "personId"
  from "asset_face"
  where "assetId" = $1
  and "deletedAt" is null
  and "personId" is not null
)
order by "createdAt";

-- listMotionParts
select distinct "livePhotoVideoId"
from "asset"
where "id" in ($1, $2)
and "livePhotoVideoId" is not null
and not exists (
  select "other"."id"
  from "asset" as "other"
  where "other"."livePhotoVideoId" = "asset"."livePhotoVideoId"
  and "other"."id" not in ($3, $4)
  and "other"."status" != $5
);

-- relinkMotionPart
select pg_advisory_xact_lock("lock")
from (
  select distinct hashtextextended("name", 0) as "lock"
  from unnest($1::text[]) as n("name")
  order by 1
) ordered;

select "livePhotoVideoId"
from "asset"
where "id" = $1;

select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

select "type", "ownerId"
from "asset"
where "id" = $1
and "status" != $2
for no key
update;

update "asset"
set "livePhotoVideoId" = $1, "updatedAt" = now()
where "id" in ($2);

update "asset"
set "visibility" = $1, "updatedAt" = now()
where "id" = $2
and "visibility" != $3;

select "visibility"
from "asset"
where "id" = $1;

update "asset"
set "visibility" = $1, "updatedAt" = now()
where "id" = $2
and "visibility" = $3
and "status" != $4
and not exists (
  select
  from asset photo
  where photo."livePhotoVideoId" = asset."id"
  and photo."status" <> 'deleted'
);

-- trashAssets
select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

update "asset"
set "status" = $1, "deletedAt" = now(), "updatedAt" = now()
where "id" in ($2, $3)
and "status" = $4;
