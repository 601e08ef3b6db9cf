-- What the functions of download.ts send. Written by: npm run sql

-- listDownloadable
select "id", "fileSizeInByte", "livePhotoVideoId"
from "asset"
where "status" != $1
and "id" = any($2::uuid[])
order by "fileCreatedAt", "id";

select "id", "fileSizeInByte", "livePhotoVideoId"
from "asset"
where "status" != $1
and "status" = $2
and "visibility" in ($3, $4)
and "id" in (
  select "assetId"
  from "album_asset"
  where "albumId" = $5
)
order by "fileCreatedAt", "id";

select "id", "fileSizeInByte", "livePhotoVideoId"
from "asset"
where "status" != $1
and "status" = $2
and "ownerId" = $3
and "visibility" in ($4, $5, $6)
order by "fileCreatedAt", "id";
