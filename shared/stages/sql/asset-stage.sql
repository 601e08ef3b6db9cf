-- What the functions of asset-stage.ts send. Written by: npm run sql

-- openStage
insert into asset_stage ("assetId", "stage", "ownerId", "kind", "state")
select "id", $1, "ownerId", "type", case when exists (
  select
  from system_metadata
  where key = 'paused:' || $2
) then 'pending' else $3 end
from asset
where "id" = $4
and "type" = any($5::text[])
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

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
  select "id", "ownerId", "type"
  from asset
  where "id" = $1
  and "status" <> 'deleted'
  for no key
  update
), settled as (
  update asset_stage
  set "state" = $2, "reason" = $3, "code" = $4, "holder" = null, "leaseUntil" = null, "attempts" = 0, "changedAt" = now()
  from alive
  where "assetId" = alive."id"
  and "stage" = $5
  and "state" = 'active'
  and "holder" = $6
  returning "assetId"
), opened as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind", "state")
  select "id", n."stage", "ownerId", "type", case when not exists (
    select
    from system_metadata
    where key = 'paused:' || "n"."stage"
  ) and not exists (
    select
    from asset_stage p
    where p."state" = 'pending'
    and p."stage" = n."stage"
    and p."kind" = alive."type"
  ) and (
    select count(*) < $7
    and not coalesce(bool_or(u."attempts" > case when u."state" = 'active' then 1 else 0 end), false)
    from asset_stage u
    where u."state" in ('queued', 'active')
    and u."stage" = n."stage"
    and ("stage", "kind") in (
      select *
      from unnest($8::text[], $9::text[]) as served("stage", "kind")
    )
  ) then 'queued' else 'pending' end
  from alive
  join settled on "assetId" = "id"
  cross join unnest($10::text[]) n("stage")
  on conflict ("assetId", "stage") do update
  set "stage" = excluded."stage"
  returning "state"
)
select array(
  select "state"
  from opened
) as "next"
from settled;

-- takeStage
update asset_stage
set "state" = case when "attempts" >= $1 then 'failed' else 'active' end, "reason" = case when "attempts" >= $2 then $3 end, "code" = null, "recipe" = $4, "attempts" = case when "attempts" >= $5 then "attempts" else "attempts" + 1 end, "holder" = case when "attempts" >= $6 then null else $7 end, "leaseUntil" = case when "attempts" >= $8 then null else now() + make_interval(secs => $9) end, "changedAt" = now()
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
