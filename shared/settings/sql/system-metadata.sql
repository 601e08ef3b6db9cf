-- What the functions of system-metadata.ts send. Written by: npm run sql

-- deleteSystemMetadata
delete from "system_metadata"
where "key" = $1;

-- findSystemMetadata
select "value"
from "system_metadata"
where "key" = $1;

-- listSystemMetadataKeys
select "key"
from "system_metadata"
where "key" like $1;

-- putSystemMetadata
insert into "system_metadata" ("key", "value")
values ($1, $2)
on conflict ("key") do update
set "value" = excluded."value";
