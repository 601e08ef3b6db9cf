-- What the functions of owner-folder.ts send. Written by: npm run sql

-- announceFolders
select *
from "user"
where "storageLabel" = $1
and "deletedAt" is null;

select *
from "user"
where "id" = $1
and "deletedAt" is null;

insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
select "id", "type", "source", "subject", "data", "isAcknowledged"
from (
  select gen_random_uuid()::text as "id", $1::text as "type", $2::text as "source", "key" as "subject", jsonb_build_object('store', "store", 'key', "key", 'sizeBytes', coalesce("sizeBytes", 0), 'version', "version") as "data", true as "isAcknowledged"
  from (
    select o."store", o."key", o."sizeBytes", coalesce(o."version", '') as "version"
    from stored_object o
    left join asset a on a."id" = o."assetId"
    and o."state" = 'asset'
    cross join (
      select $3::uuid as "id"
    ) as owner
    where o."ownerFolder" = $4
    and case when o."state" = 'unowned' then owner."id" is not null when a."isOffline" then owner."id" is not null and a."status" <> 'deleted' else o."ownerId" is distinct from owner."id" and o."ownerId" is not null end
  ) found
) event
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

-- holdFolder
select pg_advisory_xact_lock_shared(hashtextextended($1, 0));

-- takeFolders
select pg_advisory_xact_lock("lock")
from (
  select distinct hashtextextended("name", 0) as "lock"
  from unnest($1::text[]) as n("name")
  order by 1
) ordered;

select "storageLabel"
from "user"
where "id" = $1;
