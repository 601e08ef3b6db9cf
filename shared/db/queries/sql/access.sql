-- What the functions of access.ts send. Written by: npm run sql

-- listAccessibleAlbums
select "albumId"
from "album_user"
where "albumId" in ($1, $2)
and "userId" = $3
and "role" in ($4, $5);

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
and "visibility" != $5;

select "asset"."id"
from "asset"
inner join "album_asset" on "album_asset"."assetId" = "asset"."id"
inner join "album_user" on "album_user"."albumId" = "album_asset"."albumId"
where "asset"."id" in ($1, $2)
and "album_user"."userId" = $3
and "asset"."status" = $4
and "asset"."visibility" != $5;

-- listOwnFaces
select "asset_face"."id"
from "asset_face"
inner join "asset" on "asset"."id" = "asset_face"."assetId"
where "asset_face"."id" in ($1, $2)
and "asset"."ownerId" = $3
and "asset"."status" != $4;

-- listOwnPeople
select "id"
from "person"
where "id" in ($1, $2)
and "ownerId" = $3;
