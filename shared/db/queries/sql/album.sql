-- What the functions of album.ts send. Written by: npm run sql

-- addAlbumAssets
insert into "album_asset" ("albumId", "assetId")
select "albumId", "assetId"
from json_populate_recordset(null::"album_asset", $1::json)
on conflict ("albumId", "assetId") do nothing
returning "assetId";

update "album"
set "updatedAt" = now(), "albumThumbnailAssetId" = coalesce("albumThumbnailAssetId", $1::uuid)
where "id" = $2;

-- addAlbumUsers
insert into "album_user" ("albumId", "userId", "role")
select "albumId", "userId", "role"
from json_populate_recordset(null::"album_user", $1::json)
on conflict ("albumId", "userId") do nothing;

-- countAlbums
select "role", (
  select count(*)
  from album_user m
  where m."albumId" = album_user."albumId"
) as "members"
from album_user
where "userId" = $1
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album_user"."albumId"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
);

-- createAlbum
insert into "album" ("id", "albumName", "description", "albumThumbnailAssetId")
values ($1, $2, $3, $4);

insert into "album_user" ("albumId", "userId", "role")
values ($1, $2, $3);

insert into "album_user" ("albumId", "userId", "role")
select "albumId", "userId", "role"
from json_populate_recordset(null::"album_user", $1::json)
on conflict ("albumId", "userId") do nothing;

insert into "album_asset" ("albumId", "assetId")
select "albumId", "assetId"
from json_populate_recordset(null::"album_asset", $1::json)
on conflict ("albumId", "assetId") do nothing
returning "assetId";

update "album"
set "updatedAt" = now(), "albumThumbnailAssetId" = coalesce("albumThumbnailAssetId", $1::uuid)
where "id" = $2;

-- deleteAlbum
delete from "album"
where "id" = $1;

-- findAlbum
select *
from "album"
where "id" = $1;

select "user".*, "album_user"."albumId", "album_user"."role"
from "album_user"
inner join "user" on "user"."id" = "album_user"."userId"
where "album_user"."albumId" in ($1)
and "user"."deletedAt" is null
order by "album_user"."role" = 'owner' desc, lower("user"."name") collate "C", "user"."id";

select "album_asset"."albumId", "asset"."ownerId", count(*) as "assetCount", min("asset"."localDateTime") as "startDate", max("asset"."localDateTime") as "endDate", max("asset"."updatedAt") as "modifiedAt", (array_agg(asset."id" order by asset."localDateTime" desc, asset."id"))[1] as "newestId", coalesce(bool_or(asset."id" = album."albumThumbnailAssetId"), false) as "hasThumbnail"
from "album_asset"
inner join "album" on "album"."id" = "album_asset"."albumId"
inner join "asset" on "asset"."id" = "album_asset"."assetId"
where "album_asset"."albumId" in ($1)
and "asset"."status" = $2
and "asset"."visibility" in ($3, $4)
group by "album_asset"."albumId", "asset"."ownerId"
order by "asset"."ownerId";

-- listAlbumMembersOf
select "assetId"
from "album_asset"
where "albumId" = $1
and "assetId" in ($2, $3);

-- listAlbumPositions
select "asset"."id", "asset"."latitude", "asset"."longitude", "asset"."city", "asset_exif"."state", "asset"."country"
from "album_asset"
inner join "asset" on "asset"."id" = "album_asset"."assetId"
inner join "asset_exif" on "asset_exif"."assetId" = "asset"."id"
where "album_asset"."albumId" = $1
and "asset"."status" = $2
and "asset"."visibility" in ($3, $4)
and "asset"."latitude" is not null
and "asset"."longitude" is not null
order by "asset"."localDateTime" desc;

-- listAlbums
select "album".*
from "album"
inner join "album_user" on "album_user"."albumId" = "album"."id"
where "album_user"."userId" = $1
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album"."id"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
)
order by "album"."createdAt" desc, "album"."id";

select "user".*, "album_user"."albumId", "album_user"."role"
from "album_user"
inner join "user" on "user"."id" = "album_user"."userId"
where "album_user"."albumId" in ($1)
and "user"."deletedAt" is null
order by "album_user"."role" = 'owner' desc, lower("user"."name") collate "C", "user"."id";

select "album_asset"."albumId", "asset"."ownerId", count(*) as "assetCount", min("asset"."localDateTime") as "startDate", max("asset"."localDateTime") as "endDate", max("asset"."updatedAt") as "modifiedAt", (array_agg(asset."id" order by asset."localDateTime" desc, asset."id"))[1] as "newestId", coalesce(bool_or(asset."id" = album."albumThumbnailAssetId"), false) as "hasThumbnail"
from "album_asset"
inner join "album" on "album"."id" = "album_asset"."albumId"
inner join "asset" on "asset"."id" = "album_asset"."assetId"
where "album_asset"."albumId" in ($1)
and "asset"."status" = $2
and "asset"."visibility" in ($3, $4)
group by "album_asset"."albumId", "asset"."ownerId"
order by "asset"."ownerId";

select "album".*
from "album"
inner join "album_user" on "album_user"."albumId" = "album"."id"
where "album_user"."userId" = $1
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album"."id"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
)
and "album_user"."role" = $2
and (
  select count(*)
  from album_user m
  where m."albumId" = album."id"
) > 1
order by "album"."createdAt" desc, "album"."id";

select "album".*
from "album"
inner join "album_user" on "album_user"."albumId" = "album"."id"
where "album_user"."userId" = $1
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album"."id"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
)
and "album_user"."role" != $2
and not (
  select count(*)
  from album_user m
  where m."albumId" = album."id"
) > 1
order by "album"."createdAt" desc, "album"."id";

select "album".*
from "album"
inner join "album_user" on "album_user"."albumId" = "album"."id"
where "album_user"."userId" = $1
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album"."id"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
)
and "album"."id" in (
  select "albumId"
  from "album_asset"
  where "assetId" = $2
)
order by "album"."createdAt" desc, "album"."id";

-- removeAlbumAssets
delete from "album_asset"
where "albumId" = $1
and "assetId" in ($2, $3)
returning "assetId";

update "album"
set "updatedAt" = now(), "albumThumbnailAssetId" = case when "albumThumbnailAssetId" = any($1::uuid[]) then null else "albumThumbnailAssetId" end
where "id" = $2;

-- removeAlbumUser
delete from "album_user"
where "albumId" = $1
and "userId" = $2
and "role" != $3;

-- setAlbumRole
update "album_user"
set "role" = $1
where "albumId" = $2
and "userId" = $3
and "role" != $4;

-- updateAlbum
update "album"
set "albumName" = $1, "isActivityEnabled" = $2, "updatedAt" = now()
where "id" = $3;
