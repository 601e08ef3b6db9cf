-- What the functions of user.ts send. Written by: npm run sql

-- createFirstUser
select pg_advisory_xact_lock(7301946513);

select "id"
from "user"
limit $1;

insert into "user" ("id", "email", "password", "avatarColor", "storageLabel", "quotaSizeInBytes", "pinCode", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

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

-- createUser
insert into "user" ("id", "email", "password", "avatarColor", "storageLabel", "quotaSizeInBytes", "pinCode", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

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

-- listUsers
select *
from "user"
where "deletedAt" is null
order by "createdAt" desc, "id";

select *
from "user"
where "id" = $1
order by "createdAt" desc, "id";

-- restoreUser
update "user"
set "status" = $1, "deletedAt" = $2, "updatedAt" = now()
where "id" = $3
and "status" != $4
returning *;

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

update "user"
set "storageLabel" = $1, "updatedAt" = now()
where "id" = $2
and "deletedAt" is null
returning *;

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
