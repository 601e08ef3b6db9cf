-- What the functions of timeline.ts send. Written by: npm run sql

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
