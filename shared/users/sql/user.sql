-- What the functions of user.ts send. Written by: npm run sql

-- createFirstUser
select pg_advisory_xact_lock(7301946513);

select "id"
from "user"
limit $1;

select pg_advisory_xact_lock("lock")
from (
  select distinct hashtextextended("name", 0) as "lock"
  from unnest($1::text[]) as n("name")
  order by 1
) ordered;

select "storageLabel"
from "user"
where "id" = $1;

insert into "user" ("id", "email", "password", "avatarColor", "storageLabel", "quotaSizeInBytes", "pinCode", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

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

-- createUser
select pg_advisory_xact_lock("lock")
from (
  select distinct hashtextextended("name", 0) as "lock"
  from unnest($1::text[]) as n("name")
  order by 1
) ordered;

select "storageLabel"
from "user"
where "id" = $1;

insert into "user" ("id", "email", "password", "avatarColor", "storageLabel", "quotaSizeInBytes", "pinCode", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

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

-- deleteUser
delete from "user"
where "id" = $1;

-- findUser
select *
from "user"
where "id" = $1;

-- findUserByEmail
select *
from "user"
where "email" = $1;

-- hasUsers
select "id"
from "user"
limit $1;

-- keepClosedAccountsLonger
update "user"
set "deletedAt" = now()
where "status" = $1;

-- listUsers
select *
from "user"
where "deletedAt" is null
order by "createdAt" desc, "id";

select *
from "user"
where "id" = $1
order by "createdAt" desc, "id";

-- markRemoving
delete from "session"
where "userId" = $1;

update "user"
set "status" = $1, "deletedAt" = coalesce("deletedAt", now()), "updatedAt" = now()
where "id" = $2
returning *;

-- restoreUser
select pg_advisory_xact_lock("lock")
from (
  select distinct hashtextextended("name", 0) as "lock"
  from unnest($1::text[]) as n("name")
  order by 1
) ordered;

select "storageLabel"
from "user"
where "id" = $1;

update "user"
set "status" = $1, "deletedAt" = $2, "updatedAt" = now()
where "id" = $3
and "status" != $4
returning *;

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

-- setFirstPinCode
update "user"
set "pinCode" = $1, "updatedAt" = now()
where "id" = $2
and "pinCode" is null;

-- softDeleteUser
delete from "session"
where "userId" = $1;

update "user"
set "status" = $1, "deletedAt" = now(), "updatedAt" = now()
where "id" = $2
and "deletedAt" is null
returning *;

-- updateUser
update "user"
set "name" = $1, "updatedAt" = now()
where "id" = $2
and "deletedAt" is null
returning *;

select pg_advisory_xact_lock("lock")
from (
  select distinct hashtextextended("name", 0) as "lock"
  from unnest($1::text[]) as n("name")
  order by 1
) ordered;

select "storageLabel"
from "user"
where "id" = $1;

update "user"
set "storageLabel" = $1, "updatedAt" = now()
where "id" = $2
and "deletedAt" is null
returning *;

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
