-- What the functions of stage-pause.ts send. Written by: npm run sql

-- setStagePaused
insert into "system_metadata" ("key", "value")
values ($1, $2)
on conflict ("key") do update
set "value" = excluded."value";

delete from "system_metadata"
where "key" = $1;
