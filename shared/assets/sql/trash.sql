-- What the functions of trash.ts send. Written by: npm run sql

-- keepTrashLonger
update "asset"
set "deletedAt" = now()
where "status" = $1
and "isOffline" = $2;

-- listTrash
select "id", "visibility"
from "asset"
where "ownerId" = $1
and "status" = $2
and "isOffline" = $3
limit $4;

-- restartTrashTime
update "asset"
set "deletedAt" = now(), "updatedAt" = now()
where "id" = $1
and "status" = $2
and "isOffline" = $3;

-- restoreAssets
select "id"
from asset
where "id" = any($1::uuid[])
union
select "livePhotoVideoId"
from asset
where "id" = any($2::uuid[])
and "livePhotoVideoId" is not null;

select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

update "asset"
set "status" = $1, "deletedAt" = $2, "updatedAt" = now()
where "id" = any($3::uuid[])
and "status" = $4
and "isOffline" = $5
returning "visibility";

-- restoreTrash
select "id"
from "asset"
where "ownerId" = $1
and "status" = $2;

select
from asset
where "id" = any($1::uuid[])
order by "id"
for no key
update;

update "asset"
set "status" = $1, "deletedAt" = $2, "updatedAt" = now()
where "id" = any($3::uuid[])
and "status" = $4
and "isOffline" = $5
returning "visibility";
