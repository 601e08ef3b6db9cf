-- What the functions of stored-object.ts send. Written by: npm run sql

-- abandonReservation
update "stored_object"
set "state" = $1, "reason" = $2, "code" = $3, "changedAt" = now()
where "store" = $4
and "key" = $5
and "state" = $6;

-- claimAbandonedReservations
update stored_object
set "state" = 'refused', "reason" = 'abandoned by the process that wrote it', "code" = 'abandoned', "holder" = $1, "changedAt" = now()
where ("store", "key") in (
  select "store", "key"
  from stored_object
  where "state" = 'reserved'
  and "leaseUntil" < now()
  limit $2
  for update skip locked
)
returning "store", "key";

update stored_object
set "state" = 'refused', "reason" = 'abandoned by the process that wrote it', "code" = 'abandoned', "holder" = $1, "changedAt" = now()
where ("store", "key") in (
  select "store", "key"
  from stored_object
  where "state" = 'reserved'
  and "holder" is distinct from $2
  limit $3
  for update skip locked
)
returning "store", "key";

-- deleteStoredObject
delete from "stored_object"
where "store" = $1
and "key" = $2;

-- disownObjects
update "stored_object"
set "state" = $1, "ownerId" = $2, "assetId" = $3, "reason" = $4, "code" = $5, "changedAt" = now()
where "ownerId" = $6
and "state" in ($7, $8)
and "ownerFolder" is not null;

-- findStoredObject
select *
from "stored_object"
where "store" = $1
and "key" = $2;

-- keepReservation
update "stored_object"
set "state" = $1, "assetId" = $2, "sizeBytes" = $3, "holder" = $4, "leaseUntil" = $5, "changedAt" = now()
where "store" = $6
and "key" = $7
and "state" = $8;

-- listAbandoned
select "store", "key", "code" = 'given-up' as "isGivenUp"
from "stored_object"
where "state" = 'refused'
and "code" in ('abandoned', 'given-up')
and "store" = $1
order by "changedAt", "key"
limit $2;

-- listDuplicatesOf
select *
from "stored_object"
where "assetId" = $1
and "state" = $2
order by "createdAt", "key";

-- listRevisions
select o."xmin"::text || ':' || coalesce(a."xmin"::text, '') as "revision"
from unnest($1::text[], $2::text[]) with ordinality as k("store", "key", "n")
left join stored_object o on o."store" = k."store"
and o."key" = k."key"
left join asset a on a."id" = o."assetId"
and o."state" = 'asset'
order by k."n";

-- postponeAbandoned
update "stored_object"
set "changedAt" = now()
where "state" = 'refused'
and "code" in ('abandoned', 'given-up')
and "store" = $1
and "key" = $2;

-- recordObject
insert into "stored_object" ("store", "key", "state", "assetId", "ownerId", "sizeBytes", "version", "reason", "code", "ownerFolder", "holder", "leaseUntil")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict ("store", "key") do update
set "state" = $13, "assetId" = $14, "ownerId" = $15, "sizeBytes" = $16, "version" = $17, "reason" = $18, "code" = $19, "ownerFolder" = $20, "changedAt" = now();

-- renewReservation
update "stored_object"
set "leaseUntil" = now() + make_interval(secs => $1)
where "store" = $2
and "key" = $3
and "state" = $4;

-- reserveObject
insert into "stored_object" ("store", "key", "state", "ownerId", "assetId", "holder", "leaseUntil", "sizeBytes", "version", "reason")
values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7), $8, $9, $10);

-- setObjectAside
update "stored_object"
set "reason" = $1, "code" = $2, "holder" = $3, "leaseUntil" = $4, "changedAt" = now()
where "state" = 'refused'
and "code" in ('abandoned', 'given-up')
and "store" = $5
and "key" = $6;
