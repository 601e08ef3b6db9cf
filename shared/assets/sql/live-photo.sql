-- What the functions of live-photo.ts send. Written by: npm run sql

-- findMotionPart
select "livePhotoVideoId"
from "asset"
where "id" = $1;

-- findMotionPartFault
select "type", "ownerId"
from "asset"
where "id" = $1
and "status" != $2
for no key
update;

-- hideMotionPart
update "asset"
set "visibility" = $1, "updatedAt" = now()
where "id" = $2
and "visibility" != $3;

-- showMotionPart
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
