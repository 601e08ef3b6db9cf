-- What the functions of user.ts send. Written by: npm run sql

-- createFirstUser
select pg_advisory_xact_lock(7301946513);

select "id"
from "user"
limit $1;

insert into "user" ("id", "email", "password", "avatarColor", "storageLabel", "quotaSizeInBytes", "pinCode", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

-- createUser
insert into "user" ("id", "email", "password", "avatarColor", "storageLabel", "quotaSizeInBytes", "pinCode", "deletedAt")
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *;

-- findOwnerOfFolder
select *
from "user"
where "storageLabel" = $1
and "deletedAt" is null;

select *
from "user"
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
returning *;

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
