-- What the functions of stage-queue.ts send. Written by: npm run sql

-- clearFailedStages
delete from "asset_stage"
where "stage" = $1
and "state" = $2;

-- countStages
select "stage", "state", count(*) as "count"
from asset_stage
where "state" in ('pending', 'queued', 'active')
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
insert into asset_stage ("assetId", "stage")
select asset."id", $1
from asset
where asset."status" <> 'deleted'
and asset."visibility" <> 'hidden'
and true
and ($2 <> 'transcode' or asset."type" = 'VIDEO')
on conflict do nothing;

insert into asset_stage ("assetId", "stage")
select asset."id", $1
from asset
where asset."status" <> 'deleted'
and asset."visibility" <> 'hidden'
and exists (
  select
  from asset_stage f
  where f."assetId" = asset."id"
  and f."stage" = $2
  and f."state" = 'done'
)
and ($3 <> 'transcode' or asset."type" = 'VIDEO')
on conflict do nothing;

-- queuePendingStages
with under_way as (
  select count(*) as "all", count(*) filter (where "attempts" > case when "state" = 'active' then 1 else 0 end) as "suspects"
  from asset_stage
  where "state" in ('queued', 'active')
), room as (
  select case when "suspects" > 0 then 0 when exists (
    select
    from asset_stage
    where "state" = 'pending'
    and "attempts" > 0
  ) then case when "all" = 0 then 1 else 0 end else greatest(0, $1 - "all") end as "free"
  from under_way
), suspect as (
  select "assetId", "stage"
  from asset_stage
  where "state" = 'pending'
  and "attempts" > 0
  and not exists (
    select
    from system_metadata
    where key = 'paused:' || "stage"
  )
  order by "createdAt"
  limit (
    select least("free", 1)
    from room
  )
  for update skip locked
), others as (
  select "assetId", "stage"
  from asset_stage
  where "state" = 'pending'
  and "attempts" = 0
  and not exists (
    select
    from system_metadata
    where key = 'paused:' || "stage"
  )
  and not exists (
    select
    from asset_stage s
    where s."state" = 'pending'
    and s."attempts" > 0
  )
  order by "createdAt"
  limit (
    select "free"
    from room
  )
  for update skip locked
), next as (
  select *
  from suspect
  union all select *
  from others
), queued as (
  update asset_stage
  set "state" = 'queued', "changedAt" = now()
  from next
  where asset_stage."assetId" = next."assetId"
  and asset_stage."stage" = next."stage"
  returning asset_stage."assetId", asset_stage."stage"
)
select queued."assetId", queued."stage", asset."ownerId", asset."type" as "assetType"
from queued
join asset on asset."id" = queued."assetId";

-- reclaimStages
update asset_stage
set "state" = case when "state" = 'active' and "attempts" >= $1 then 'failed' else 'pending' end, "reason" = case when "state" = 'active' and "attempts" >= $2 then $3 end, "holder" = null, "leaseUntil" = null, "changedAt" = now()
where "state" in ('queued', 'active')
and (("state" = 'active' and "leaseUntil" < now()) or ("state" = 'queued' and "changedAt" < now() - make_interval(secs => $4)))
returning "state";

update asset_stage
set "state" = case when "state" = 'active' and "attempts" >= $1 then 'failed' else 'pending' end, "reason" = case when "state" = 'active' and "attempts" >= $2 then $3 end, "holder" = null, "leaseUntil" = null, "changedAt" = now()
where "state" in ('queued', 'active')
and (("state" = 'active' and "holder" is distinct from $4) or "state" = 'queued')
returning "state";

-- redriveStages
update "asset_stage"
set "state" = $1, "reason" = $2, "recipe" = $3, "attempts" = $4, "createdAt" = now(), "changedAt" = now()
where "stage" = $5
and "state" in ($6, $7);

update "asset_stage"
set "state" = $1, "reason" = $2, "recipe" = $3, "attempts" = $4, "createdAt" = now(), "changedAt" = now()
where "stage" = $5
and "state" in ($6, $7)
and "assetId" = $8;

-- reopenStages
with asked as (
  select distinct *
  from unnest($1::uuid[], $2::text[]) as k("assetId", "stage")
), free as (
  select s."assetId", s."stage"
  from asset_stage s
  join asked using ("assetId", "stage")
  where s."state" in ('pending', 'queued', 'failed')
  for update of s skip locked
)
update asset_stage
set "state" = 'pending', "reason" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
from free
where asset_stage."assetId" = free."assetId"
and asset_stage."stage" = free."stage"
returning asset_stage."assetId", asset_stage."stage";

-- unqueueStages
update "asset_stage"
set "state" = $1, "changedAt" = now()
where "assetId" = $2
and "stage" = $3
and "state" = $4;
