-- What the functions of stage-queue.ts send. Written by: npm run sql

-- beginStagesAnew
delete from "asset_stage"
where "assetId" = $1;

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

-- clearFailedStages
delete from "asset_stage"
where "stage" = $1
and "state" = $2;

-- countStages
with served as materialized (
  select *
  from unnest($1::text[], $2::text[]) as served("stage", "kind")
)
select "stage", 'pending' as "state", count(*) as "count"
from asset_stage
join served using ("stage", "kind")
where "state" = 'pending'
group by 1
union all select "stage", "state", count(*)
from asset_stage
join served using ("stage", "kind")
where "state" in ('queued', 'active')
group by 1, 2
union all select "stage", "state", count(*)
from asset_stage
where "state" in ('failed', 'unsupported')
group by 1, 2;

select "key"
from "system_metadata"
where "key" like $1;

-- dropPendingStages
delete from "asset_stage"
where "stage" = $1
and "state" in ($2, $3);

-- listStageRows
select *
from "asset_stage"
where "stage" = $1
and "state" in ($2, $3)
order by "createdAt"
limit $4;

-- openMissingStages
with step as (
  select "id", "ownerId", "type", "status", "visibility"
  from asset
  where "id" > $1
  order by "id"
  limit $2
), opened as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", $3, "ownerId", "type"
  from step
  where "status" <> 'deleted'
  and "visibility" <> 'hidden'
  and "type" = $4
  and true
  on conflict do nothing
  returning "assetId"
)
select (
  select "id"
  from step
  order by 1 desc
  limit 1
) as "lastId", (
  select count(*)
  from opened
) as "count";

with step as (
  select "id", "ownerId", "type", "status", "visibility"
  from asset
  where "id" > $1
  order by "id"
  limit $2
), opened as (
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", $3, "ownerId", "type"
  from step
  where "status" <> 'deleted'
  and "visibility" <> 'hidden'
  and "type" = $4
  and exists (
    select
    from asset_stage f
    where f."assetId" = step."id"
    and f."stage" = $5
    and f."state" = 'done'
  )
  on conflict do nothing
  returning "assetId"
)
select (
  select "id"
  from step
  order by 1 desc
  limit 1
) as "lastId", (
  select count(*)
  from opened
) as "count";

-- redoStage
insert into asset_stage ("assetId", "stage", "ownerId", "kind")
select "id", $1, "ownerId", "type"
from asset
where "id" = any($2::uuid[])
and "type" = any($3::text[])
order by "id"
on conflict ("assetId", "stage") do update
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where asset_stage."state" in ('done', 'failed', 'unsupported');

-- redriveStage
update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where "assetId" = $1
and "stage" = $2
and "state" in ('done', 'failed', 'unsupported');

-- redriveStages
with step as (
  select "assetId", "kind"
  from asset_stage
  where "stage" = $1
  and "state" = any($2::text[])
  and "assetId" > $3
  order by "assetId"
  limit $4
), changed as (
  update asset_stage s
  set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
  from step
  join asset a on a."id" = step."assetId"
  and a."type" = any($5::text[])
  where s."assetId" = step."assetId"
  and s."stage" = $6
  and s."state" = any($7::text[])
  returning s."assetId"
)
select (
  select "assetId"
  from step
  order by 1 desc
  limit 1
) as "lastId", (
  select count(*)
  from changed
) as "count";

-- reopenStages
with asked as (
  select distinct *
  from unnest($1::uuid[], $2::text[]) as k("assetId", "stage")
), free as (
  select s."assetId", s."stage"
  from asset_stage s
  join asked using ("assetId", "stage")
  where s."state" in ('pending', 'queued', 'failed')
  and s."stage" = any($3::text[])
  for update of s skip locked
)
update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
from free
where asset_stage."assetId" = free."assetId"
and asset_stage."stage" = free."stage"
returning asset_stage."assetId", asset_stage."stage";

-- retryForOriginal
update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where "assetId" = $1
and "state" = 'failed'
and "code" = 'store/not-found';
