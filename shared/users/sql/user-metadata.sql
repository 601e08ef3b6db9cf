-- What the functions of user-metadata.ts send. Written by: npm run sql

-- changeUserMetadata
select "id"
from "user"
where "id" = $1
for update;

select "value"
from "user_metadata"
where "userId" = $1
and "key" = $2;

insert into "user_metadata" ("userId", "key", "value")
values ($1, $2, $3)
on conflict ("userId", "key") do update
set "value" = excluded."value";

-- deleteUserMetadata
delete from "user_metadata"
where "userId" = $1
and "key" = $2;

-- findUserMetadata
select "value"
from "user_metadata"
where "userId" = $1
and "key" = $2;

-- listUserMetadata
select "userId", "value"
from "user_metadata"
where "userId" in ($1, $2)
and "key" = $3;

-- putUserMetadata
insert into "user_metadata" ("userId", "key", "value")
values ($1, $2, $3)
on conflict ("userId", "key") do update
set "value" = excluded."value";
