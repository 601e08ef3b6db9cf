-- What the functions of user-usage.ts send. Written by: npm run sql

-- listUserUsage
select "user"."id" as "userId", "user"."name" as "userName", "user"."quotaSizeInBytes", count(*) filter (where asset."type" = $1 and asset."visibility" <> 'hidden') as "photos", count(*) filter (where asset."type" = $2 and asset."visibility" <> 'hidden') as "videos", coalesce(sum(asset."fileSizeInByte") filter (where asset."libraryId" is null and true), 0) as "usageBytes", coalesce(sum(asset."fileSizeInByte") filter (where asset."libraryId" is null and asset."type" = $3), 0) as "usagePhotosBytes", coalesce(sum(asset."fileSizeInByte") filter (where asset."libraryId" is null and asset."type" = $4), 0) as "usageVideosBytes"
from "user"
left join "asset" on "asset"."ownerId" = "user"."id"
and "asset"."status" = $5
group by "user"."id"
order by "user"."createdAt", "user"."id";
