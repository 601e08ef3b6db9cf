-- What the functions of scan-file.ts send. Written by: npm run sql

-- countMissing
select count(*) as "missing"
from scan_file f
join scan_directory d on d."id" = f."directoryId"
where f."state" = 'missing'
and d."rootId" = $1
and ($2::timestamptz is null or f."missingSince" > $3);

select count(*) as "known"
from scan_file f
join scan_directory d on d."id" = f."directoryId"
where d."rootId" = $1
and (f."state" in ('reported', 'missing') or (f."state" = 'settling' and f."reportedVersion" is not null));

-- countMissingScan
update scan_file f
set "missingScans" = "missingScans" + 1
from scan_directory d
where d."id" = f."directoryId"
and d."rootId" = $1
and f."state" = 'missing';

-- deleteScanFiles
delete from scan_file f using unnest($1::bigint[], $2::text[]) as d(id, name)
where f."directoryId" = d.id
and f."name" = d.name;

-- findLastMissing
select max(f."missingSince") as "missingSince"
from scan_file f
join scan_directory d on d."id" = f."directoryId"
where f."state" = 'missing'
and d."rootId" = $1;

-- forgetDeleted
delete from scan_file f using (
  select lost."directoryId", lost."name"
  from (
    select f."directoryId", f."name", r."store", r."prefix" || case when d."path" = '' then '' else d."path" || '/' end || f."name" as "key"
    from scan_file f
    join scan_directory d on d."id" = f."directoryId"
    join scan_root r on r."id" = d."rootId"
    where f."state" = 'missing'
    and d."rootId" = $1
  ) lost
  where not exists (
    select
    from stored_object s
    where s."store" = lost."store"
    and s."key" = lost."key"
  )
  and not exists (
    select
    from outbox o
    where o."subject" = lost."key"
    and o."type" in ($2, $3)
  )
) own
where own."directoryId" = f."directoryId"
and own."name" = f."name";

-- hasDeleted
select exists (
  select lost."directoryId", lost."name"
  from (
    select f."directoryId", f."name", r."store", r."prefix" || case when d."path" = '' then '' else d."path" || '/' end || f."name" as "key"
    from scan_file f
    join scan_directory d on d."id" = f."directoryId"
    join scan_root r on r."id" = d."rootId"
    where f."state" = 'missing'
    and d."rootId" = $1
  ) lost
  where not exists (
    select
    from stored_object s
    where s."store" = lost."store"
    and s."key" = lost."key"
  )
  and not exists (
    select
    from outbox o
    where o."subject" = lost."key"
    and o."type" in ($2, $3)
  )
) as "hasDeleted";

-- listOfflineFiles
select f."directoryId", f."name", d."path" as "folder", f."sizeBytes", f."version"
from asset a
join stored_object o on o."assetId" = a."id"
and o."state" = 'asset'
and o."key" = a."originalPath"
join scan_root r on r."store" = o."store"
and starts_with(o."key", r."prefix")
cross join lateral (
  select substr(o."key", length(r."prefix") + 1) as "path"
) below
join scan_directory d on d."rootId" = r."id"
and not d."isGone"
and d."path" = coalesce(substring(below."path" from '^(.*)/'), '')
join scan_file f on f."directoryId" = d."id"
and f."state" = 'reported'
and f."name" = substring(below."path" from '[^/]+$')
where a."isOffline"
and (a."status" <> 'deleted' and ( o."ownerFolder" is null or exists (
  select
  from "user" u
  where u."deletedAt" is null
  and (u."storageLabel" = o."ownerFolder" or u."id"::text = o."ownerFolder")
) ))
and r."id" = $1
and (f."directoryId", f."name") > ($2, $3)
order by f."directoryId", f."name"
limit $4;

-- listRemovable
select f."directoryId", f."name", d."path" as "folder", coalesce(f."reportedVersion", f."version") as "version"
from scan_file f
join scan_directory d on d."id" = f."directoryId"
where f."state" = 'missing'
and d."rootId" = $1
and (f."name" ~* $2 or (not $3::boolean and f."missingScans" >= $4 and f."missingSince" <= $5))
and (f."directoryId", f."name") > ($6, $7)
order by f."directoryId", f."name"
limit $8;

-- listScanFiles
select "directoryId", "name", "state", "sizeBytes", "version", "reportedVersion", "ctimeNs"::text, "inode"::text, "observedAt", "missingSince", "missingScans", "reason"
from scan_file
where "directoryId" = any($1::bigint[]);

-- markRemoved
update scan_file f
set "state" = 'removed'
from unnest($1::bigint[], $2::text[]) as r(id, name)
where f."directoryId" = r.id
and f."name" = r.name
and f."state" = 'missing';

-- restartMissing
update scan_file f
set "missingScans" = 0, "missingSince" = $1
from unnest($2::bigint[], $3::text[]) as r(id, name)
where f."directoryId" = r.id
and f."name" = r.name
and f."state" = 'missing';

-- saveScanFiles
insert into scan_file ( "directoryId", "name", "state", "sizeBytes", "version", "reportedVersion", "ctimeNs", "inode", "observedAt", "missingSince", "missingScans", "reason" )
select *
from unnest( $1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::integer[], $12::text[] )
on conflict ("directoryId", "name") do update
set "state" = excluded."state", "sizeBytes" = excluded."sizeBytes", "version" = excluded."version", "reportedVersion" = excluded."reportedVersion", "ctimeNs" = excluded."ctimeNs", "inode" = excluded."inode", "observedAt" = excluded."observedAt", "missingSince" = excluded."missingSince", "missingScans" = excluded."missingScans", "reason" = excluded."reason";
