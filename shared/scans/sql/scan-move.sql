-- What the functions of scan-move.ts send. Written by: npm run sql

-- listDuplicateMoves
select distinct on (lost."key") lost."directoryId", lost."name", s."assetId", a."ownerId", lost."store", lost."key" as "fromKey", t."key" as "toKey", t."version" as "toVersion", coalesce(t."sizeBytes", 0) as "sizeBytes"
from (
  select f."directoryId", f."name", r."store", r."prefix", r."libraryId", r."prefix" || case when d."path" = '' then '' else d."path" || '/' end || f."name" as "key"
  from scan_file f
  join scan_directory d on d."id" = f."directoryId"
  join scan_root r on r."id" = d."rootId"
  where f."state" = 'missing'
  and d."rootId" = $1
) lost
join stored_object s on s."store" = lost."store"
and s."key" = lost."key"
and s."state" = 'asset'
join stored_object t on t."assetId" = s."assetId"
and t."state" = 'duplicate'
and t."store" = lost."store"
and starts_with(t."key", lost."prefix")
and t."version" is not null
join asset a on a."id" = s."assetId"
and a."status" <> 'deleted'
and a."libraryId" is not distinct from lost."libraryId"
order by lost."key", t."key"
limit $2;

-- listMoveCandidates
select lost."directoryId", lost."name", lost."sizeBytes", lost."inode", lost."version", lost."path", lost."store", lost."key", a."id" as "assetId", a."ownerId", a."checksum"
from (
  select f."directoryId", f."name", f."sizeBytes", f."inode"::text, coalesce(f."reportedVersion", f."version") as "version", r."store", r."path" || '/' || b."below" || f."name" as "path", r."prefix" || b."below" || f."name" as "key"
  from scan_file f
  join scan_directory d on d."id" = f."directoryId"
  join scan_root r on r."id" = d."rootId"
  cross join lateral (
    select case when d."path" = '' then '' else d."path" || '/' end as "below"
  ) b
  where f."state" in ('missing', 'removed')
  and f."sizeBytes" = any($1::bigint[])
  and r."libraryId" is not distinct from $2
) lost
join stored_object s on s."store" = lost."store"
and s."key" = lost."key"
and s."state" = 'asset'
join asset a on a."id" = s."assetId"
and a."status" <> 'deleted'
and a."libraryId" is not distinct from $3;
