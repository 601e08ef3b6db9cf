-- What the functions of library.ts send. Written by: npm run sql

-- countLibraryAssets
select "libraryId" as "libraryId", count(*) filter (where "type" = 'IMAGE' and "visibility" <> 'hidden') as "photos", count(*) filter (where "type" = 'VIDEO' and "visibility" <> 'hidden') as "videos", coalesce(sum("fileSizeInByte"), 0) as "sizeBytes"
from "asset"
where "libraryId" in ($1)
and "status" = $2
group by "libraryId";

-- countLibraryScans
select count(*) filter (where "isScanned") as "active", count(*) filter (where not "isScanned" and "scanRequestedAt" > now() - make_interval(mins => $1)) as "waiting"
from (
  select l."scanRequestedAt", exists (
    select
    from scan_root r
    where r."libraryId" = l."id"
    and r."leaseUntil" > now()
  ) as "isScanned"
  from library l
  where l."deletedAt" is null
) libraries;

-- createLibrary
insert into "library" ("id", "ownerId", "name", "importPaths", "exclusionPatterns", "refreshedAt", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7)
returning *;

-- deleteLibrary
update "library"
set "deletedAt" = now(), "updatedAt" = now()
where "id" = $1
and "deletedAt" is null
returning "importPaths";

select
from asset
where "libraryId" = $1
and "status" <> 'deleted'
order by "id"
for no key
update;

insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
select "id", "type", "source", "subject", "data", "isAcknowledged"
from (
  select encode(sha256(convert_to( $1::text || octet_length("id"::text) || ':' || "id" || ';', 'UTF8' )), 'hex') as "id", $2 as "type", $3 as "source", "id"::text as "subject", jsonb_build_object('assetId', "id", 'ownerId', "ownerId") as "data", false as "isAcknowledged"
  from asset
  where "libraryId" = $4
  and "status" <> 'deleted'
) event
on conflict do nothing;

update asset
set "status" = 'deleted', "deletedAt" = now(), "updatedAt" = now()
where "libraryId" = $1
and "status" <> 'deleted';

delete from scan_root
where exists (
  select
  from unnest($1::text[]) gone("path")
  where gone."path" = scan_root."path"
  or starts_with(gone."path", scan_root."path" || '/')
);

-- endScanRequest
update "library"
set "scanRequestedAt" = $1
where "id" = $2
and "scanRequestedAt" <= $3;

-- findLibrary
select *
from "library"
where "id" = $1
and "deletedAt" is null;

-- findScanRequest
select "scanRequestedAt"
from "library"
where "id" = $1;

-- forgetDeletedLibraries
delete from "library"
where "deletedAt" is not null
and not exists (
  select
  from asset
  where asset."libraryId" = library."id"
);

-- holdLibrary
select "id"
from "library"
where "id" = $1
for share;

-- listLibraries
select *
from "library"
where "deletedAt" is null
order by "createdAt", "id";

-- listLibraryOriginals
select a."id" as "assetId", o."store", o."key", o."version"
from asset a
join stored_object o on o."assetId" = a."id"
and o."key" = a."originalPath"
where a."libraryId" = $1
and a."status" <> 'deleted'
and not a."isOffline"
and a."id" > $2
order by a."id"
limit $3;

-- listServedLibraries
select "library".*
from "library"
inner join "user" on "user"."id" = "library"."ownerId"
where "library"."deletedAt" is null
and "user"."deletedAt" is null
order by "library"."createdAt", "library"."id";

-- noteLibraryScan
update "library"
set "refreshedAt" = $1
where "id" = $2;

-- noteScanRequests
update library
set "scanRequestedAt" = now()
where "id" = any($1::uuid[]);

-- updateLibrary
select "importPaths"
from "library"
where "id" = $1
for update;

update "library"
set "importPaths" = $1, "updatedAt" = now()
where "id" = $2
and "deletedAt" is null
returning *;

delete from scan_root
where exists (
  select
  from unnest($1::text[]) gone("path")
  where gone."path" = scan_root."path"
  or starts_with(gone."path", scan_root."path" || '/')
);
