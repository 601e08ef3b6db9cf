-- What the functions of store-identity.ts send. Written by: npm run sql

-- adoptStore
insert into store_identity ("id", "epoch", "writtenIn")
values ($1, $2, 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296)
on conflict do nothing;

select *, tableoid || ':' || xmin <> "writtenIn" as "isRestored", ("epochAt" at time zone 'UTC')::date < (now() at time zone 'UTC')::date as "isOfAnotherDay"
from store_identity;

update "store_identity"
set "id" = $1, "confirmedAt" = now(), "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296;

update "store_identity"
set "epoch" = $1, "nextEpoch" = $2, "nextEpochAt" = $3, "heldReason" = $4, "heldAt" = now(), "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296;

-- beginEpoch
update "store_identity"
set "nextEpoch" = $1, "nextEpochAt" = now(), "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296
where "epoch" = $2
and ($3::boolean or "nextEpoch" is null or "nextEpochAt" < now() - interval '1 minute');

-- completeEpoch
update "store_identity"
set "epoch" = $1, "epochAt" = now(), "nextEpoch" = $2, "nextEpochAt" = $3, "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296
where "nextEpoch" = $4;

-- confirmStoreIdentity
update "store_identity"
set "confirmedAt" = now(), "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296
where "confirmedAt" is null;

-- findStoreIdentity
select *, tableoid || ':' || xmin <> "writtenIn" as "isRestored", ("epochAt" at time zone 'UTC')::date < (now() at time zone 'UTC')::date as "isOfAnotherDay"
from store_identity;

-- holdDeletions
update "store_identity"
set "heldReason" = $1, "heldAt" = coalesce("heldAt", now()), "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296
where "heldReason" is distinct from $2;

-- listOriginalsToRecognize
with original as (
  select "originalPath" as "key", "createdAt"
  from asset
  where not "isExternal"
  and not "isOffline"
  and "status" <> 'deleted'
)
select "key"
from (
  select "key"
  from original
  order by "createdAt", "key"
  limit $1
) oldest
union
select "key"
from (
  select "key"
  from original
  order by "createdAt" desc, "key" desc
  limit $2
) newest;

-- partFromStore
update "store_identity"
set "epoch" = $1, "nextEpoch" = $2, "nextEpochAt" = $3, "heldReason" = $4, "heldAt" = now(), "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296;

-- proposeStoreIdentity
insert into store_identity ("id", "epoch", "writtenIn")
values ($1, $2, 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296)
on conflict do nothing;

select *, tableoid || ':' || xmin <> "writtenIn" as "isRestored", ("epochAt" at time zone 'UTC')::date < (now() at time zone 'UTC')::date as "isOfAnotherDay"
from store_identity;

-- releaseDeletions
update "store_identity"
set "heldReason" = $1, "heldAt" = $2, "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296
where "heldAt" is not null;

-- resumeDeletions
update "store_identity"
set "epoch" = $1, "epochAt" = now(), "nextEpoch" = $2, "nextEpochAt" = $3, "heldReason" = $4, "heldAt" = $5, "writtenIn" = 'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296;

update "asset"
set "deletedAt" = now()
where "status" = $1
and "isOffline" = $2;

update "user"
set "deletedAt" = now()
where "status" = $1;
