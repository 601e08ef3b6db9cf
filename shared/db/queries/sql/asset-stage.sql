-- What the functions of asset-stage.ts send. Written by: npm run sql

-- openStage
insert into asset_stage ("assetId", "stage", "state")
values ($1, $2, case when exists (
  select
  from system_metadata
  where key = 'paused:' || $3
) then 'pending' else $4 end)
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

-- releaseQueued
update "asset_stage"
set "state" = $1, "changedAt" = now()
where "assetId" = $2
and "stage" = $3
and "state" = $4;

-- releaseStage
update "asset_stage"
set "state" = $1, "holder" = $2, "leaseUntil" = $3, "attempts" = greatest("attempts" - 1, 0), "changedAt" = now()
where "assetId" = $4
and "stage" = $5
and "state" = $6
and "holder" = $7;

-- renewStage
update "asset_stage"
set "leaseUntil" = now() + make_interval(secs => $1)
where "assetId" = $2
and "stage" = $3
and "state" = $4
and "holder" = $5;

-- settleStage
with alive as (
  select "id"
  from asset
  where "id" = $1
  and "status" <> 'deleted'
  for no key
  update
), settled as (
  update asset_stage
  set "state" = $2, "reason" = $3, "holder" = null, "leaseUntil" = null, "attempts" = 0, "changedAt" = now()
  from alive
  where "assetId" = alive."id"
  and "stage" = $4
  and "state" = 'active'
  and "holder" = $5
  returning "assetId"
), opened as (
  insert into asset_stage ("assetId", "stage", "state")
  select "assetId", $6, case when exists (
    select
    from system_metadata
    where key = 'paused:' || $7
  ) then 'pending' else 'queued' end
  from settled
  where $8
  on conflict ("assetId", "stage") do update
  set "stage" = excluded."stage"
  returning "state"
)
select (
  select "state"
  from opened
) as "next"
from settled;

-- takeStage
update asset_stage
set "state" = case when "attempts" >= $1 then 'failed' else 'active' end, "reason" = case when "attempts" >= $2 then $3 end, "recipe" = $4, "attempts" = case when "attempts" >= $5 then "attempts" else "attempts" + 1 end, "holder" = case when "attempts" >= $6 then null else $7 end, "leaseUntil" = case when "attempts" >= $8 then null else now() + make_interval(secs => $9) end, "changedAt" = now()
where "assetId" = $10
and "stage" = $11
and not exists (
  select
  from system_metadata
  where key = 'paused:' || $12
)
and ( "state" in ('pending', 'queued') or ("state" in ('done', 'failed', 'unsupported') and "recipe" is distinct from $13) )
returning "state", "attempts";

select "state"
from "asset_stage"
where "assetId" = $1
and "stage" = $2;

update "asset_stage"
set "state" = $1, "holder" = $2, "leaseUntil" = $3, "changedAt" = now()
where "assetId" = $4
and "stage" = $5
and "state" = $6
and "leaseUntil" < now();

update "asset_stage"
set "state" = $1, "changedAt" = now()
where "assetId" = $2
and "stage" = $3
and "state" = $4;
