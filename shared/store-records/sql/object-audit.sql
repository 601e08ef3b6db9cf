-- What the functions of object-audit.ts send. Written by: npm run sql

-- listKnownOriginals
select o."key", o."assetId", a."isOffline"
from stored_object o
join asset a on a."id" = o."assetId"
where o."store" = $1
and o."state" = 'asset'
and a."status" <> 'deleted'
and o."key" collate "C" > $2 collate "C"
order by o."key" collate "C"
limit $3;

-- listKnownRenderings
select f."assetId", f."path"
from asset_file f
join asset a on a."id" = f."assetId"
where f."type" in ('thumbnail', 'preview')
and a."status" <> 'deleted'
and not a."isOffline"
and (f."assetId", f."path" collate "C") > ($1::uuid, $2::text collate "C")
order by f."assetId", f."path" collate "C"
limit $3;

-- listUnknownKeys
select k."key"
from unnest($1::text[]) k("key")
where not exists (
  select
  from stored_object o
  where o."store" = $2
  and o."key" = k."key"
  and not ($3 and o."state" = 'reserved')
);
