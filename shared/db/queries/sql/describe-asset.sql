-- What the functions of describe-asset.ts send. Written by: npm run sql

-- describeAsset
select "lockedProperties"
from "asset_exif"
where "assetId" = $1;

insert into "asset_exif" ("assetId", "make", "model", "lensModel", "exifImageWidth", "exifImageHeight", "fileSizeInByte", "orientation", "dateTimeOriginal", "modifyDate", "timeZone", "latitude", "longitude", "city", "state", "country", "description", "fNumber", "focalLength", "iso", "exposureTime", "fps", "livePhotoCID", "projectionType", "profileDescription", "colorspace", "bitsPerSample", "autoStackId", "rating", "tags")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
on conflict ("assetId") do update
set "make" = $31, "model" = $32, "lensModel" = $33, "exifImageWidth" = $34, "exifImageHeight" = $35, "fileSizeInByte" = $36, "orientation" = $37, "dateTimeOriginal" = $38, "modifyDate" = $39, "timeZone" = $40, "latitude" = $41, "longitude" = $42, "city" = $43, "state" = $44, "country" = $45, "description" = $46, "fNumber" = $47, "focalLength" = $48, "iso" = $49, "exposureTime" = $50, "fps" = $51, "livePhotoCID" = $52, "projectionType" = $53, "profileDescription" = $54, "colorspace" = $55, "bitsPerSample" = $56, "autoStackId" = $57, "rating" = $58, "tags" = $59, "updatedAt" = now();

update "asset"
set "width" = $1, "height" = $2, "localDateTime" = $3, "fileCreatedAt" = $4, "city" = $5, "country" = $6, "projectionType" = $7, "latitude" = $8, "longitude" = $9, "updatedAt" = now()
where "id" = $10;

insert into "asset_exif" ("assetId", "make", "model", "lensModel", "exifImageWidth", "exifImageHeight", "fileSizeInByte", "orientation", "dateTimeOriginal", "modifyDate", "timeZone", "latitude", "longitude", "city", "state", "country", "description", "fNumber", "focalLength", "iso", "exposureTime", "fps", "livePhotoCID", "projectionType", "profileDescription", "colorspace", "bitsPerSample", "autoStackId", "rating", "tags")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
on conflict ("assetId") do update
set "make" = $31, "model" = $32, "lensModel" = $33, "exifImageWidth" = $34, "exifImageHeight" = $35, "fileSizeInByte" = $36, "orientation" = $37, "modifyDate" = $38, "timeZone" = $39, "latitude" = $40, "longitude" = $41, "city" = $42, "state" = $43, "country" = $44, "description" = $45, "fNumber" = $46, "focalLength" = $47, "iso" = $48, "exposureTime" = $49, "fps" = $50, "livePhotoCID" = $51, "projectionType" = $52, "profileDescription" = $53, "colorspace" = $54, "bitsPerSample" = $55, "autoStackId" = $56, "rating" = $57, "tags" = $58, "updatedAt" = now();

update "asset"
set "width" = $1, "height" = $2, "city" = $3, "country" = $4, "projectionType" = $5, "latitude" = $6, "longitude" = $7, "updatedAt" = now()
where "id" = $8;
