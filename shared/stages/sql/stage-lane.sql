-- What the functions of stage-lane.ts send. Written by: npm run sql

-- isWorkOpen
with lanes as (
  select *
  from (
    select *
    from unnest($1::text[], $2::text[]) as served("stage", "kind")
  ) lane
  where not exists (
    select
    from system_metadata
    where "key" = 'paused:' || lane."stage"
  )
)
select exists (
  select
  from asset_stage
  join lanes using ("stage", "kind")
  where "state" = 'pending'
)
or exists (
  select
  from asset_stage
  join lanes using ("stage", "kind")
  where "state" in ('queued', 'active')
)
or exists (
  select
  from outbox
) as "isOpen";

-- queuePendingStages
with recursive lanes as materialized (
  select *
  from (
    select *
    from unnest($1::text[], $2::text[]) as served("stage", "kind")
  ) lane
  where not exists (
    select
    from system_metadata
    where "key" = 'paused:' || lane."stage"
  )
), under_way as materialized (
  select "stage", "ownerId", "attempts" > case when "state" = 'active' then 1 else 0 end as "isSuspect", case when "state" = 'active' then "leaseUntil" > now() + make_interval(secs => $3) else "changedAt" > now() - make_interval(secs => $4) end as "isAlive"
  from asset_stage
  where "state" in ('queued', 'active')
  and ("stage", "kind") in (
    select "stage", "kind"
    from lanes
  )
), suspect as (
  select "assetId", "stage"
  from asset_stage
  where "state" = 'pending'
  and "attempts" > 0
  and ("stage", "kind") in (
    select "stage", "kind"
    from lanes
  )
  and not exists (
    select
    from under_way
    where "isSuspect"
    and "isAlive"
  )
  order by "attempts", "createdAt", "assetId"
  limit 1
), held as (
  select "stage"
  from suspect
  union
  select "stage"
  from under_way
  where "isSuspect"
  and "isAlive"
), room as (
  select "stage", "kind", $5 - (
    select count(*)
    from under_way u
    where u."stage" = lanes."stage"
  ) as "free"
  from lanes
  where "stage" not in (
    select "stage"
    from held
  )
), owners as (
  select "stage", "kind", "free", (
    select p."ownerId"
    from asset_stage p
    where p."state" = 'pending'
    and p."stage" = room."stage"
    and p."kind" = room."kind"
    order by p."ownerId"
    limit 1
  ) as "ownerId"
  from room
  where "free" > 0
  union all select "stage", "kind", "free", (
    select p."ownerId"
    from asset_stage p
    where p."state" = 'pending'
    and p."stage" = owners."stage"
    and p."kind" = owners."kind"
    and p."ownerId" > owners."ownerId"
    order by p."ownerId"
    limit 1
  )
  from owners
  where "ownerId" is not null
), waiting as (
  select o."stage", o."free", p."assetId", p."createdAt", (
    select count(*)
    from under_way u
    where u."stage" = o."stage"
    and u."ownerId" = o."ownerId"
  ) + row_number() over (partition by o."stage", o."ownerId" order by p."createdAt", p."assetId") as "turn"
  from owners o
  cross join lateral (
    select "assetId", "createdAt"
    from asset_stage
    where "state" = 'pending'
    and "attempts" = 0
    and "stage" = o."stage"
    and "kind" = o."kind"
    and "ownerId" = o."ownerId"
    order by "createdAt"
    limit o."free"
  ) p
), next as (
  select "assetId", "stage"
  from (
    select *, row_number() over (partition by "stage" order by "turn", "createdAt", "assetId") as "place"
    from waiting
  ) ranked
  where "place" <= "free"
  union all select "assetId", "stage"
  from suspect
  where "stage" not in (
    select "stage"
    from under_way
    where "isAlive"
  )
  limit $6
), claimed as (
  select a."assetId", a."stage"
  from next n
  cross join lateral (
    select "assetId", "stage"
    from asset_stage
    where "assetId" = n."assetId"
    and "stage" = n."stage"
    and "state" = 'pending'
    for update skip locked
  ) a
)
update asset_stage
set "state" = 'queued', "changedAt" = now()
from claimed
where asset_stage."assetId" = claimed."assetId"
and asset_stage."stage" = claimed."stage"
returning asset_stage."assetId", asset_stage."stage", asset_stage."ownerId", asset_stage."kind" as "assetType";

-- reclaimStages
with waits as materialized (
  select "stage", max("seconds") as "seconds", exists (
    select
    from asset_stage a
    where a."state" = 'active'
    and a."stage" = w."stage"
    and "leaseUntil" > now() + make_interval(secs => $1)
  ) as "isMoving"
  from unnest($2::text[], $3::float8[]) as w("stage", "seconds")
  group by "stage"
)
update asset_stage
set "state" = case when ("state" = 'active' and "attempts" >= $4) then 'failed' else 'pending' end, "reason" = case when ("state" = 'active' and "attempts" >= $5) then $6 end, "holder" = null, "leaseUntil" = null, "changedAt" = now()
where "state" in ('queued', 'active')
and (("state" = 'active' and "leaseUntil" < now()) or ("state" = 'queued' and "changedAt" < now() - make_interval( secs => coalesce((
  select w."seconds"
  from waits w
  where w."stage" = asset_stage."stage"
  and w."isMoving"
), $7))))
returning "state";

with waits as materialized (
  select "stage", max("seconds") as "seconds", exists (
    select
    from asset_stage a
    where a."state" = 'active'
    and a."stage" = w."stage"
    and "leaseUntil" > now() + make_interval(secs => $1)
  ) as "isMoving"
  from unnest($2::text[], $3::float8[]) as w("stage", "seconds")
  group by "stage"
)
update asset_stage
set "state" = case when ("state" = 'active' and "attempts" >= $4) then 'failed' else 'pending' end, "reason" = case when ("state" = 'active' and "attempts" >= $5) then $6 end, "holder" = null, "leaseUntil" = null, "changedAt" = now()
where "state" in ('queued', 'active')
and (("state" = 'active' and "holder" is distinct from $7) or "state" = 'queued')
returning "state";

-- unqueueStages
update asset_stage
set "state" = 'pending', "changedAt" = now()
from unnest($1::uuid[], $2::text[]) as k("assetId", "stage")
where asset_stage."assetId" = k."assetId"
and asset_stage."stage" = k."stage"
and asset_stage."state" = 'queued';
