-- What the functions of create-asset.ts send. Written by: npm run sql

-- addQuotaUsage
update "user"
set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $1::bigint)
where "id" = $2
and ("quotaSizeInBytes" is null or $3::bigint < 0 or "quotaUsageInBytes" + $4::bigint <= "quotaSizeInBytes");

-- createAsset
insert into "asset" ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "width", "height", "thumbhash", "duration", "livePhotoVideoId", "stackId", "duplicateId", "deletedAt", "libraryId")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
on conflict do nothing
returning "id";

insert into "asset_exif" ("assetId", "fileSizeInByte", "make", "model", "lensModel", "exifImageWidth", "exifImageHeight", "orientation", "dateTimeOriginal", "modifyDate", "timeZone", "latitude", "longitude", "city", "state", "country", "fNumber", "focalLength", "iso", "exposureTime", "fps", "livePhotoCID", "projectionType", "profileDescription", "colorspace", "bitsPerSample", "autoStackId", "rating", "tags")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29);

insert into "asset_file" ("assetId", "type", "path")
values ($1, $2, $3);

insert into "asset_metadata" ("assetId", "key", "value")
values ($1, $2, $3);

update "stored_object"
set "state" = $1, "sizeBytes" = $2, "holder" = $3, "leaseUntil" = $4, "changedAt" = now()
where "store" = $5
and "key" = $6
and "state" = $7;

insert into asset_stage ("assetId", "stage", "state")
values ($1, $2, case when exists (
  select
  from system_metadata
  where key = 'paused:' || $3
) then 'pending' else $4 end)
on conflict ("assetId", "stage") do update
set "stage" = excluded."stage"
returning "state";

update "user"
set "quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + $1::bigint)
where "id" = $2
and ("quotaSizeInBytes" is null or $3::bigint < 0 or "quotaUsageInBytes" + $4::bigint <= "quotaSizeInBytes");

select "id", "isOffline"
from "asset"
where "ownerId" = $1
and "checksum" = $2
and "libraryId" is null
and "status" != $3;

insert into "stored_object" ("store", "key", "state", "assetId", "ownerId", "sizeBytes", "version", "reason", "ownerFolder", "holder", "leaseUntil")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict ("store", "key") do update
set "state" = $12, "assetId" = $13, "ownerId" = $14, "sizeBytes" = $15, "version" = $16, "reason" = $17, "ownerFolder" = $18, "changedAt" = now();

-- findAssetByChecksum
select "id", "isOffline"
from "asset"
where "ownerId" = $1
and "checksum" = $2
and "libraryId" is null
and "status" != $3;
