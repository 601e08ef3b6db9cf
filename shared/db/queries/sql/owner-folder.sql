-- What the functions of owner-folder.ts send. Written by: npm run sql

-- announceUnowned
select pg_advisory_xact_lock(hashtextextended($1, 0));

insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
select encode(sha256(convert_to(octet_length("t") || ':' || "t" || ';' || octet_length("store") || ':' || "store" || ';' || octet_length("key") || ':' || "key" || ';' || octet_length("version") || ':' || "version" || ';' || octet_length("u") || ':' || "u" || ';', 'UTF8')), 'hex'), t, '/darkroom/api', "key", jsonb_build_object('store', "store", 'key', "key", 'sizeBytes', coalesce("sizeBytes", 0), 'version', "version"), true
from (
  select "store", "key", "sizeBytes", coalesce("version", '') as "version", 'photos.darkroom.object.created.v1'::text as t, $1::text as u
  from stored_object
  where "state" = 'unowned'
  and "ownerFolder" = $2
) found
on conflict do nothing;

-- findOwnerOfFolder
select *
from "user"
where "storageLabel" = $1
and "deletedAt" is null;

select *
from "user"
where "id" = $1
and "deletedAt" is null;

-- recordUnowned
select pg_advisory_xact_lock_shared(hashtextextended($1, 0));

select *
from "user"
where "storageLabel" = $1
and "deletedAt" is null;

insert into "stored_object" ("store", "key", "sizeBytes", "version", "reason", "state", "assetId", "ownerId", "ownerFolder", "holder", "leaseUntil")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict ("store", "key") do update
set "sizeBytes" = $12, "version" = $13, "reason" = $14, "state" = $15, "assetId" = $16, "ownerId" = $17, "ownerFolder" = $18, "changedAt" = now();
