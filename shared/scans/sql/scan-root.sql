-- What the functions of scan-root.ts send. Written by: npm run sql

-- adoptScanRoot
update "scan_root"
set "marker" = $1, "problem" = $2, "problemAt" = $3
where "id" = $4;

-- approveMissing
update "scan_root"
set "approvedAt" = now(), "haltedAt" = $1, "haltedReason" = $2
where "id" = $3;

-- ensureScanRoots
insert into "scan_root" ("id", "path", "store", "prefix", "libraryId", "marker", "holder", "leaseUntil", "fullAt", "problem", "problemAt", "haltedReason", "haltedAt", "approvedAt")
select "id", "path", "store", "prefix", "libraryId", "marker", "holder", "leaseUntil", "fullAt", "problem", "problemAt", "haltedReason", "haltedAt", "approvedAt"
from json_populate_recordset(null::"scan_root", $1::json)
on conflict ("path") do update
set "store" = "excluded"."store", "prefix" = "excluded"."prefix", "libraryId" = "excluded"."libraryId"
where (scan_root."store", scan_root."prefix", scan_root."libraryId") is distinct from (excluded."store", excluded."prefix", excluded."libraryId");

select *
from "scan_root"
where "path" in ($1)
order by "path";

-- findFreeScanRoot
select *
from "scan_root"
where "id" = $1
and ("leaseUntil" is null or "leaseUntil" < now());

-- forgetScans
delete from scan_root
where exists (
  select
  from unnest($1::text[]) gone("path")
  where gone."path" = scan_root."path"
  or starts_with(gone."path", scan_root."path" || '/')
);

-- keepScanRoot
update "scan_root"
set "problem" = $1, "leaseUntil" = now() + make_interval(secs => $2)
where "id" = $3
and "fence" = $4;

-- listScanRoots
select *
from "scan_root"
order by "path";

-- releaseScanRoot
update "scan_root"
set "holder" = $1, "leaseUntil" = $2
where "id" = $3
and "fence" = $4;

-- takeScanRoot
update "scan_root"
set "holder" = $1, "leaseUntil" = now() + make_interval(secs => $2), "fence" = "fence" + 1
where "id" = $3
and ("leaseUntil" is null or "leaseUntil" < now())
returning *;
