-- What the functions of bucket-listing.ts send. Written by: npm run sql

-- addMissing
insert into "bucket_missing" ("bucket", "key", "version")
select "bucket", "key", "version"
from json_populate_recordset(null::"bucket_missing", $1::json)
on conflict do nothing;

-- advanceListing
update "bucket_listing"
set "phase" = $1, "cursor" = $2, "objects" = "objects" + $3::bigint, "lostCreated" = "lostCreated" + $4::bigint, "lostRemoved" = "lostRemoved" + $5::bigint, "leaseUntil" = now() + make_interval(secs => $6)
where "bucket" = $7
and "holder" = $8;

-- approveMissing
update "bucket_listing"
set "isConfirmed" = $1
where "bucket" = $2
and "haltedReason" is not null;

-- beginListing
delete from "bucket_missing"
where "bucket" = $1;

update "bucket_listing"
set "startedAt" = now(), "phase" = $1, "cursor" = $2, "objects" = $3
where "bucket" = $4
and "holder" = $5;

-- compareListed
with page as (
  select *
  from unnest( $1::text[], $2::text[], $3::bigint[] ) as p("key", "version", "sizeBytes")
), known as (
  select s."key", s."version", s."sizeBytes", ( coalesce(a."status" <> 'deleted' and not a."isOffline", true) and s."code" is distinct from 'deleted-by-owner' ) as "isExpected", (a."status" <> 'deleted' and a."isOffline" and ( s."ownerFolder" is null or exists (
    select
    from "user" u
    where u."deletedAt" is null
    and (u."storageLabel" = s."ownerFolder" or u."id"::text = s."ownerFolder")
  ) )) as "isAway"
  from stored_object s
  left join asset a on a."id" = s."assetId"
  and s."state" = 'asset'
  where s."store" = $4
  and s."key" collate "C" > $5
  and s."key" collate "C" <= $6
  and s."state" <> 'reserved'
)
select coalesce(page."key", known."key") as "key", page."key" is not null as "isListed", known."version"
from page full
join known on known."key" = page."key"
where known."key" is null
or (page."key" is null and known."isExpected")
or (page."key" is not null and ( known."isAway" or known."version" is distinct from page."version" or known."sizeBytes" is distinct from page."sizeBytes" ));

with page as (
  select *
  from unnest( $1::text[], $2::text[], $3::bigint[] ) as p("key", "version", "sizeBytes")
), known as (
  select s."key", s."version", s."sizeBytes", ( coalesce(a."status" <> 'deleted' and not a."isOffline", true) and s."code" is distinct from 'deleted-by-owner' ) as "isExpected", (a."status" <> 'deleted' and a."isOffline" and ( s."ownerFolder" is null or exists (
    select
    from "user" u
    where u."deletedAt" is null
    and (u."storageLabel" = s."ownerFolder" or u."id"::text = s."ownerFolder")
  ) )) as "isAway"
  from stored_object s
  left join asset a on a."id" = s."assetId"
  and s."state" = 'asset'
  where s."store" = $4
  and s."key" collate "C" > $5
  and s."key" collate "C" < $6
  and s."state" <> 'reserved'
)
select coalesce(page."key", known."key") as "key", page."key" is not null as "isListed", known."version"
from page full
join known on known."key" = page."key"
where known."key" is null
or (page."key" is null and known."isExpected")
or (page."key" is not null and ( known."isAway" or known."version" is distinct from page."version" or known."sizeBytes" is distinct from page."sizeBytes" ));

-- countKnownObjects
select count(*) as "count"
from stored_object s
left join asset a on a."id" = s."assetId"
and s."state" = 'asset'
where s."store" = $1
and s."key" collate "C" > $2
and s."key" collate "C" < $3
and s."state" <> 'reserved'
and ( coalesce(a."status" <> 'deleted' and not a."isOffline", true) and s."code" is distinct from 'deleted-by-owner' );

-- countMissing
select count(*) as "count"
from "bucket_missing"
where "bucket" = $1;

-- findListing
select *
from "bucket_listing"
where "bucket" = $1;

-- finishListing
delete from "bucket_missing"
where "bucket" = $1;

update "bucket_listing"
set "startedAt" = $1, "cursor" = $2, "phase" = $3, "finishedAt" = now(), "finishedObjects" = "objects", "haltedReason" = $4, "haltedAt" = $5, "isConfirmed" = $6
where "bucket" = $7
and "holder" = $8;

update "bucket_listing"
set "startedAt" = $1, "cursor" = $2, "phase" = $3, "finishedAt" = now(), "finishedObjects" = "objects", "haltedReason" = $4, "haltedAt" = now(), "isConfirmed" = $5
where "bucket" = $6
and "holder" = $7;

-- listKnownObjects
select s."key", s."version"
from stored_object s
left join asset a on a."id" = s."assetId"
and s."state" = 'asset'
where s."store" = $1
and s."key" = any($2)
and s."state" <> 'reserved'
and ( coalesce(a."status" <> 'deleted' and not a."isOffline", true) and s."code" is distinct from 'deleted-by-owner' );

-- listMissing
select "key", "version"
from "bucket_missing"
where "bucket" = $1
and "key" > $2
order by "key"
limit $3;

-- listPublishedEvents
select "id"
from outbox
where "id" = any($1)
union
select "eventId"
from dead_letter
where "source" = $2
and "eventId" = any($3)
and ("redrivenAt" is null or "outcome" = 'discarded');

-- noteNotification
insert into bucket_listing as l ("bucket", "notifiedAt")
values ($1, now())
on conflict ("bucket") do update
set "notifiedAt" = now()
where l."notifiedAt" is null
or l."notifiedAt" < now() - interval '1 minute';

-- releaseListing
update "bucket_listing"
set "holder" = $1, "leaseUntil" = $2
where "bucket" = $3
and "holder" = $4;

-- renewListing
update "bucket_listing"
set "leaseUntil" = now() + make_interval(secs => $1)
where "bucket" = $2
and "holder" = $3;

-- takeListing
insert into bucket_listing as l ("bucket", "holder", "leaseUntil")
values ($1, $2, now() + make_interval(secs => $3))
on conflict ("bucket") do update
set "holder" = excluded."holder", "leaseUntil" = excluded."leaseUntil"
where l."leaseUntil" is null
or l."leaseUntil" < now()
returning *;
