-- What the functions of live-photo.ts send. Written by: npm run sql

-- hideMotionPart
update "asset"
set "visibility" = $1, "updatedAt" = now()
where "id" = $2
and "visibility" != $3;

-- isMotionPartOf
select "id"
from "asset"
where "id" = $1
and "ownerId" = $2
and "type" = $3
and "status" != $4;
