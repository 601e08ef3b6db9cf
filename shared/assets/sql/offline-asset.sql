-- What the functions of offline-asset.ts send. Written by: npm run sql

-- markOffline
update "asset"
set "isOffline" = $1, "statusWhenSeen" = "status", "status" = $2, "deletedAt" = coalesce("deletedAt", now()), "updatedAt" = now()
where "id" = $3
and "isOffline" = $4
and "status" != $5;

-- markOnline
update "asset"
set "isOffline" = $1, "status" = coalesce("statusWhenSeen", "status"), "deletedAt" = case when coalesce("statusWhenSeen", "status") = 'active' then null else "deletedAt" end, "statusWhenSeen" = $2, "updatedAt" = now()
where "id" = $3
and "isOffline" = $4
and "status" != $5;

update asset_stage
set "state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
where "assetId" = $1
and "state" = 'failed'
and "code" = 'store/not-found';
