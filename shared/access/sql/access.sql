-- What the functions of access.ts send. Written by: npm run sql

-- listAccessibleAlbums
select "albumId"
from "album_user"
where "albumId" in ($1, $2)
and "userId" = $3
and "role" in ($4, $5)
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album_user"."albumId"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
);

-- listAccessibleAssets
select "id"
from "asset"
where "id" in ($1, $2)
and "ownerId" = $3
and "status" != $4;

select "id"
from "asset"
where "id" in ($1, $2)
and "ownerId" = $3
and "status" != $4
and not (asset."visibility" = 'locked' or exists (
  select
  from asset photo
  where photo."livePhotoVideoId" = asset."id"
  and photo."visibility" = 'locked'
  and photo."status" <> 'deleted'
));

select "asset"."id"
from "asset"
inner join "album_asset" on "album_asset"."assetId" = "asset"."id"
inner join "album_user" on "album_user"."albumId" = "album_asset"."albumId"
where "asset"."id" in ($1, $2)
and "album_user"."userId" = $3
and "asset"."status" = $4
and not (asset."visibility" = 'locked' or exists (
  select
  from asset photo
  where photo."livePhotoVideoId" = asset."id"
  and photo."visibility" = 'locked'
  and photo."status" <> 'deleted'
))
and exists (
  select
  from album_user owner
  join "user" on "user"."id" = owner."userId"
  where owner."albumId" = "album_user"."albumId"
  and owner."role" = 'owner'
  and "user"."deletedAt" is null
);

-- listOwnFaces
select "asset_face"."id"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."id" in ($1, $2)
and "asset"."ownerId" = $3
and "asset"."status" != $4
and not (asset."visibility" = 'locked' or exists (
  select
  from asset photo
  where photo."livePhotoVideoId" = asset."id"
  and photo."visibility" = 'locked'
  and photo."status" <> 'deleted'
));

-- listOwnPeople
select "id"
from "person"
where "id" in ($1, $2)
and "ownerId" = $3
and (not exists (
  select
  from asset_face
  join asset on asset."id" = asset_face."assetId"
  where asset_face."personId" = person."id"
  and asset_face."deletedAt" is null
  and asset."status" <> 'deleted'
) or exists (
  select
  from asset_face
  join asset on asset."id" = asset_face."assetId"
  where asset_face."personId" = person."id"
  and asset_face."deletedAt" is null
  and asset."status" <> 'deleted'
  and asset."visibility" <> 'locked'
));
