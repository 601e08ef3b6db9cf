-- What the functions of stage-report.ts send. Written by: npm run sql

-- listFailedPhotos
select "assetId", "stage", "reason", "changedAt", "originalFileName", "originalPath", "email"
from "asset_stage"
inner join "asset" on "asset"."id" = "asset_stage"."assetId"
inner join "user" on "user"."id" = "asset"."ownerId"
where "state" = $1
order by "changedAt" desc, "assetId"
limit $2;

select "assetId", "stage", "reason", "changedAt", "originalFileName", "originalPath", "email"
from "asset_stage"
inner join "asset" on "asset"."id" = "asset_stage"."assetId"
inner join "user" on "user"."id" = "asset"."ownerId"
where "state" = $1
and "stage" = $2
order by "changedAt" desc, "assetId"
limit $3;

-- sumFailures
select "stage", "state", "reason", count(*) as "count", max("changedAt") as "latest"
from asset_stage
where "state" in ('failed', 'unsupported')
and true
group by 1, 2, 3
order by 4 desc, 1, 3
limit $1;

select "stage", "state", "reason", count(*) as "count", max("changedAt") as "latest"
from asset_stage
where "state" in ('failed', 'unsupported')
and "stage" = $1
group by 1, 2, 3
order by 4 desc, 1, 3
limit $2;

-- sumStages
select "stage", "state", count(*) as "count", min("changedAt") as "oldest"
from "asset_stage"
group by "stage", "state"
order by "stage", "state";

select "stage", "state", count(*) as "count", min("changedAt") as "oldest"
from "asset_stage"
where "stage" = $1
group by "stage", "state"
order by "stage", "state";
