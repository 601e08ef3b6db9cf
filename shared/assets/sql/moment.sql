-- What the functions of moment.ts send. Written by: npm run sql

-- listMoments
select "asset"."id" as "assetId", "fileCreatedAt", "localDateTime", "timeZone"
from "asset"
left join "asset_exif" on "asset_exif"."assetId" = "asset"."id"
where asset."id" = any($1::uuid[]);

-- setMoments
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
