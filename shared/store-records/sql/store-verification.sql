-- What the functions of store-verification.ts send. Written by: npm run sql

-- findVerifications
select "value"
from "system_metadata"
where "key" = $1;

-- listOriginalsToVerify
select o."key", o."assetId", o."sizeBytes", a."checksum"
from stored_object o
join asset a on a."id" = o."assetId"
where o."store" = $1
and o."state" = 'asset'
and a."status" <> 'deleted'
and not a."isOffline"
and a."originalPath" = o."key"
and o."key" collate "C" > $2 collate "C"
order by o."key" collate "C"
limit $3;

-- saveVerifications
insert into "system_metadata" ("key", "value")
values ($1, $2)
on conflict ("key") do update
set "value" = excluded."value";
