-- What the functions of scan-run.ts send. Written by: npm run sql

-- deleteOldRuns
delete from scan_run
where "rootId" = $1
and "finishedAt" < (
  select "finishedAt"
  from scan_run
  where "rootId" = $2
  and "finishedAt" is not null
  order by "finishedAt" desc
  limit 1
  offset $3
);

-- findLatestRun
select *
from "scan_run"
where "rootId" = $1
order by "startedAt" desc
limit $2;

-- findOpenRun
select *
from "scan_run"
where "rootId" = $1
and "finishedAt" is null;

-- finishOpenRun
update "scan_run"
set "finishedAt" = $1, "outcome" = $2, "reason" = $3
where "rootId" = $4
and "finishedAt" is null;

-- saveRun
update "scan_run"
set "phase" = $1, "cursor" = $2, "errors" = $3, "counts" = $4, "heartbeatAt" = $5
where "id" = $6;

-- startRun
insert into "scan_run" ("id", "rootId", "kind", "phase", "cursor", "counts", "startedAt", "heartbeatAt", "finishedAt", "outcome", "reason")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
returning *;
