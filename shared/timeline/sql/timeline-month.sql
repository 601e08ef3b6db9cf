-- What the functions of timeline-month.ts send. Written by: npm run sql

-- listMonth
select count(*) as "count", coalesce(json_agg("id")::text, '[]') as "id", coalesce(json_agg("ownerId")::text, '[]') as "ownerId", coalesce(json_agg("visibility")::text, '[]') as "visibility", coalesce(json_agg("isFavorite")::text, '[]') as "isFavorite", coalesce(json_agg("type" = 'IMAGE')::text, '[]') as "isImage", coalesce(json_agg("duration")::text, '[]') as "duration", replace(coalesce(json_agg("createdAt" at time zone 'UTC' + interval '1 microsecond')::text, '[]'), '001"', 'Z"') as "createdAt", replace(coalesce(json_agg("fileCreatedAt" at time zone 'UTC' + interval '1 microsecond')::text, '[]'), '001"', 'Z"') as "fileCreatedAt", coalesce(json_agg(date_part('epoch', "localDateTime" - "fileCreatedAt") / 3600)::text, '[]') as "localOffsetHours", coalesce(json_agg(coalesce(floor("width" * 1000::float8 / nullif("height", 0) + 0.5) / 1000, 1))::text, '[]') as "ratio", coalesce(json_agg(encode("thumbhash", 'base64'))::text, '[]') as "thumbhash", coalesce(json_agg("livePhotoVideoId")::text, '[]') as "livePhotoVideoId", coalesce(json_agg("projectionType")::text, '[]') as "projectionType", coalesce(json_agg("city")::text, '[]') as "city", coalesce(json_agg("country")::text, '[]') as "country", coalesce(json_agg("latitude")::text, '[]') as "latitude", coalesce(json_agg("longitude")::text, '[]') as "longitude", array_to_json(array_fill(null::text, array[count(*)::integer]))::text as "stack"
from (
  select *
  from "asset"
  where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5))
  and "asset"."localDateTime" >= $6::timestamp at time zone 'UTC'
  and "asset"."localDateTime" < ($7::timestamp + interval '1 month') at time zone 'UTC'
  order by "asset"."localDateTime" desc, "asset"."id" desc
) as "asset";

select count(*) as "count", coalesce(json_agg("id")::text, '[]') as "id"
from (
  select *
  from "asset"
  where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5) and "asset"."isFavorite" = $6)
  and "asset"."localDateTime" >= $7::timestamp at time zone 'UTC'
  and "asset"."localDateTime" < ($8::timestamp + interval '1 month') at time zone 'UTC'
  order by "asset"."localDateTime" desc, "asset"."id" desc
) as "asset";

select count(*) as "count", coalesce(json_agg("id")::text, '[]') as "id", coalesce(json_agg("isFavorite")::text, '[]') as "isFavorite"
from (
  select *
  from "asset"
  where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."id" in (
    select "assetId"
    from "album_asset"
    where "albumId" = $4
  ))
  and "asset"."localDateTime" >= $5::timestamp at time zone 'UTC'
  and "asset"."localDateTime" < ($6::timestamp + interval '1 month') at time zone 'UTC'
  order by "asset"."localDateTime" desc, "asset"."id" desc
) as "asset";

select count(*) as "count", coalesce(json_agg("id")::text, '[]') as "id", coalesce(json_agg("isFavorite")::text, '[]') as "isFavorite"
from (
  select *
  from "asset"
  where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5) and "asset"."id" in (
    select "assetId"
    from "asset_face"
    where "personId" = $6
    and "deletedAt" is null
  ))
  and "asset"."localDateTime" >= $7::timestamp at time zone 'UTC'
  and "asset"."localDateTime" < ($8::timestamp + interval '1 month') at time zone 'UTC'
  order by "asset"."localDateTime" desc, "asset"."id" desc
) as "asset";

select count(*) as "count", coalesce(json_agg("id")::text, '[]') as "id", coalesce(json_agg("isFavorite")::text, '[]') as "isFavorite"
from (
  select *
  from "asset"
  where ("asset"."status" = $1 and "asset"."visibility" in ($2, $3) and "asset"."ownerId" in ($4, $5))
  and "asset"."createdAt" >= $6::timestamp at time zone 'UTC'
  and "asset"."createdAt" < ($7::timestamp + interval '1 month') at time zone 'UTC'
  order by "asset"."createdAt" desc, "asset"."id" desc
) as "asset";
