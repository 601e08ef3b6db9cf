-- What the functions of quota.ts send. Written by: npm run sql

-- addQuotaUsage
update "user"
set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $1::bigint)
where "id" = $2
and ("quotaSizeInBytes" is null or $3::bigint < 0 or "quotaUsageInBytes" + $4::bigint <= "quotaSizeInBytes");

-- forceQuotaUsage
update "user"
set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $1::bigint)
where "id" = $2;
