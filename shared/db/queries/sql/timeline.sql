-- What the functions of timeline.ts send. Written by: npm run sql

-- listMonth
select "asset"."id", "asset"."ownerId", "asset"."type", "asset"."status", "asset"."visibility", "asset"."isFavorite", "asset"."thumbhash", "asset"."width", "asset"."height", "asset"."duration", "asset"."livePhotoVideoId", "asset"."city", "asset"."country", "asset"."projectionType", "asset"."latitude", "asset"."longitude", (extract(epoch from "asset"."fileCreatedAt") * 1000)::float8 as "fileCreatedAtMs", (extract(epoch from "asset"."localDateTime") * 1000)::float8 as "localDateTimeMs", (extract(epoch from "asset"."createdAt") * 1000)::float8 as "createdAtMs"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5))
and "asset"."localDateTime" >= $6::timestamp at time zone 'UTC'
and "asset"."localDateTime" < ($7::timestamp + interval '1 month') at time zone 'UTC'
order by "asset"."localDateTime" desc, "asset"."id";

select "asset"."id", "asset"."ownerId", "asset"."type", "asset"."status", "asset"."visibility", "asset"."isFavorite", "asset"."thumbhash", "asset"."width", "asset"."height", "asset"."duration", "asset"."livePhotoVideoId", "asset"."city", "asset"."country", "asset"."projectionType", "asset"."latitude", "asset"."longitude", (extract(epoch from "asset"."fileCreatedAt") * 1000)::float8 as "fileCreatedAtMs", (extract(epoch from "asset"."localDateTime") * 1000)::float8 as "localDateTimeMs", (extract(epoch from "asset"."createdAt") * 1000)::float8 as "createdAtMs"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5) and "asset"."isFavorite" = $6)
and "asset"."localDateTime" >= $7::timestamp at time zone 'UTC'
and "asset"."localDateTime" < ($8::timestamp + interval '1 month') at time zone 'UTC'
order by "asset"."localDateTime" desc, "asset"."id";

select "asset"."id", "asset"."ownerId", "asset"."type", "asset"."status", "asset"."visibility", "asset"."isFavorite", "asset"."thumbhash", "asset"."width", "asset"."height", "asset"."duration", "asset"."livePhotoVideoId", "asset"."city", "asset"."country", "asset"."projectionType", "asset"."latitude", "asset"."longitude", (extract(epoch from "asset"."fileCreatedAt") * 1000)::float8 as "fileCreatedAtMs", (extract(epoch from "asset"."localDateTime") * 1000)::float8 as "localDateTimeMs", (extract(epoch from "asset"."createdAt") * 1000)::float8 as "createdAtMs"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."id" in (
  select "assetId"
  from "album_asset"
  where "albumId" = $4
))
and "asset"."localDateTime" >= $5::timestamp at time zone 'UTC'
and "asset"."localDateTime" < ($6::timestamp + interval '1 month') at time zone 'UTC'
order by "asset"."localDateTime" desc, "asset"."id";

select "asset"."id", "asset"."ownerId", "asset"."type", "asset"."status", "asset"."visibility", "asset"."isFavorite", "asset"."thumbhash", "asset"."width", "asset"."height", "asset"."duration", "asset"."livePhotoVideoId", "asset"."city", "asset"."country", "asset"."projectionType", "asset"."latitude", "asset"."longitude", (extract(epoch from "asset"."fileCreatedAt") * 1000)::float8 as "fileCreatedAtMs", (extract(epoch from "asset"."localDateTime") * 1000)::float8 as "localDateTimeMs", (extract(epoch from "asset"."createdAt") * 1000)::float8 as "createdAtMs"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5) and "asset"."id" in (
  select "assetId"
  from "asset_face"
  where "personId" = $6
  and "deletedAt" is null
))
and "asset"."localDateTime" >= $7::timestamp at time zone 'UTC'
and "asset"."localDateTime" < ($8::timestamp + interval '1 month') at time zone 'UTC'
order by "asset"."localDateTime" desc, "asset"."id";

select "asset"."id", "asset"."ownerId", "asset"."type", "asset"."status", "asset"."visibility", "asset"."isFavorite", "asset"."thumbhash", "asset"."width", "asset"."height", "asset"."duration", "asset"."livePhotoVideoId", "asset"."city", "asset"."country", "asset"."projectionType", "asset"."latitude", "asset"."longitude", (extract(epoch from "asset"."fileCreatedAt") * 1000)::float8 as "fileCreatedAtMs", (extract(epoch from "asset"."localDateTime") * 1000)::float8 as "localDateTimeMs", (extract(epoch from "asset"."createdAt") * 1000)::float8 as "createdAtMs"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5))
and "asset"."createdAt" >= $6::timestamp at time zone 'UTC'
and "asset"."createdAt" < ($7::timestamp + interval '1 month') at time zone 'UTC'
order by "asset"."createdAt" desc, "asset"."id";

-- listMonthCounts
select "month", sum("count") as "count"
from "asset_month_count"
where "ownerId" in ($1, $2)
and "visibility" in ($3, $4)
and "isTrashed" = $5
group by "month"
having sum("count") > $6
order by "month" desc;

select "month", sum("count") as "count"
from "asset_month_count"
where "ownerId" in ($1, $2)
and "visibility" in ($3, $4)
and "isTrashed" = $5
and "isFavorite" = $6
group by "month"
having sum("count") > $7
order by "month" desc;

select asset_month("asset"."localDateTime") as "month", count(*) as "count"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."id" in (
  select "assetId"
  from "album_asset"
  where "albumId" = $4
))
group by asset_month("asset"."localDateTime")
order by "month" desc;

select asset_month("asset"."localDateTime") as "month", count(*) as "count"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5) and "asset"."id" in (
  select "assetId"
  from "asset_face"
  where "personId" = $6
  and "deletedAt" is null
))
group by asset_month("asset"."localDateTime")
order by "month" desc;

select asset_month("asset"."createdAt") as "month", count(*) as "count"
from "asset"
where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5))
group by asset_month("asset"."createdAt")
order by "month" desc;
