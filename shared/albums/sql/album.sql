-- What the functions of album.ts send. Written by: npm run sql

-- addAlbumAssets
insert into album_asset ("albumId", "assetId")
select target."id", there."id"
from (
  select "id"
  from album
  where "id" = $1
  for key share
) target, (
  select "id"
  from asset
  where "id" = any($2::uuid[])
  and "status" <> 'deleted'
  order by "id"
  for share
) there
on conflict do nothing
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

insert into album_asset ("albumId", "assetId")
select target."id", there."id"
from (
  select "id"
  from album
  where "id" = $1
  for key share
) target, (
  select "id"
  from asset
  where "id" = any($2::uuid[])
  and "status" <> 'deleted'
  order by "id"
  for share
) there
on conflict do nothing
returning "assetId";

update "album"
set "updatedAt" = now(), "albumThumbnailAssetId" = coalesce("albumThumbnailAssetId", $1::uuid)
where "id" = $2;

-- deleteAlbum
select
from asset
where "id" in (
  select "assetId"
  from album_asset
  where "albumId" = $1
)
order by "id"
for share;

delete from "album"
where "id" = $1;

-- deleteAlbumsOf
delete from album using album_user
where album_user."albumId" = album."id"
and album_user."userId" = $1
and album_user."role" = 'owner';

-- findAlbum
select *
from "album"
where "id" = $1;

select "album_user"."albumId", "album_user"."userId", "album_user"."role"
from "album_user"
inner join "user" on "user"."id" = "album_user"."userId"
where "album_user"."albumId" = any($1::uuid[])
and "user"."deletedAt" is null
order by "album_user"."role" = 'owner' desc, lower("user"."name") collate "C", "user"."id";

select *
from "user"
where "id" = any($1::uuid[]);

select "album_content"."albumId", "album_content"."ownerId", "album_content"."assetCount", "album_content"."startDate" as "startDate", "album_content"."endDate" as "endDate", "album_content"."modifiedAt" as "modifiedAt", "album_content"."newestId" as "newestId", exists (
  select
  from asset
  join album_asset on album_asset."assetId" = asset."id"
  and album_asset."albumId" = album."id"
  where asset."id" = album."albumThumbnailAssetId"
  and asset."ownerId" = album_content."ownerId"
  and asset."status" = 'active'
  and asset."visibility" in ('timeline', 'archive')
) as "hasThumbnail"
from "album_content"
inner join "album" on "album"."id" = "album_content"."albumId"
where "album_content"."albumId" = any($1::uuid[])
and "album_content"."assetCount" > $2
order by "album_content"."ownerId";

-- listAlbumMembersOf
select "assetId"
from "album_asset"
where "albumId" = $1
and "assetId" = any($2::uuid[]);

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

select "album_user"."albumId", "album_user"."userId", "album_user"."role"
from "album_user"
inner join "user" on "user"."id" = "album_user"."userId"
where "album_user"."albumId" = any($1::uuid[])
and "user"."deletedAt" is null
order by "album_user"."role" = 'owner' desc, lower("user"."name") collate "C", "user"."id";

select *
from "user"
where "id" = any($1::uuid[]);

select "album_content"."albumId", "album_content"."ownerId", "album_content"."assetCount", "album_content"."startDate" as "startDate", "album_content"."endDate" as "endDate", "album_content"."modifiedAt" as "modifiedAt", "album_content"."newestId" as "newestId", exists (
  select
  from asset
  join album_asset on album_asset."assetId" = asset."id"
  and album_asset."albumId" = album."id"
  where asset."id" = album."albumThumbnailAssetId"
  and asset."ownerId" = album_content."ownerId"
  and asset."status" = 'active'
  and asset."visibility" in ('timeline', 'archive')
) as "hasThumbnail"
from "album_content"
inner join "album" on "album"."id" = "album_content"."albumId"
where "album_content"."albumId" = any($1::uuid[])
and "album_content"."assetCount" > $2
order by "album_content"."ownerId";

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
select
from asset
where "id" = any($1::uuid[])
order by "id"
for share;

delete from "album_asset"
where "albumId" = $1
and "assetId" = any($2::uuid[])
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
