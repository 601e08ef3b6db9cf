-- What the functions of settings.ts send. Written by: npm run sql

-- readSettings
select "value"
from "system_metadata"
where "key" = $1;

-- saveSettings
insert into "system_metadata" ("key", "value")
values ($1, $2)
on conflict ("key") do update
set "value" = excluded."value";
