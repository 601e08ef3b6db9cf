-- What the functions of describe-asset.ts send. Written by: npm run sql

-- describeAsset
select "lockedProperties"
from "asset_exif"
where "assetId" = $1;

insert into "asset_exif" ("assetId", "make", "model", "lensModel", "exifImageWidth", "exifImageHeight", "fileSizeInByte", "orientation", "dateTimeOriginal", "modifyDate", "latitude", "longitude", "city", "state", "country", "description", "fNumber", "focalLength", "iso", "exposureTime", "fps", "livePhotoCID", "projectionType", "profileDescription", "colorspace", "bitsPerSample", "autoStackId", "rating", "tags", "timeZone")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
on conflict ("assetId") do update
set "make" = $31, "model" = $32, "lensModel" = $33, "exifImageWidth" = $34, "exifImageHeight" = $35, "fileSizeInByte" = $36, "orientation" = $37, "dateTimeOriginal" = $38, "modifyDate" = $39, "latitude" = $40, "longitude" = $41, "city" = $42, "state" = $43, "country" = $44, "description" = $45, "fNumber" = $46, "focalLength" = $47, "iso" = $48, "exposureTime" = $49, "fps" = $50, "livePhotoCID" = $51, "projectionType" = $52, "profileDescription" = $53, "colorspace" = $54, "bitsPerSample" = $55, "autoStackId" = $56, "rating" = $57, "tags" = $58, "timeZone" = $59, "updatedAt" = now();

update "asset"
set "width" = $1, "height" = $2, "fileCreatedAt" = $3, "localDateTime" = $4, "city" = $5, "country" = $6, "projectionType" = $7, "latitude" = $8, "longitude" = $9, "updatedAt" = now()
where "id" = $10;

insert into "asset_exif" ("assetId", "make", "model", "lensModel", "exifImageWidth", "exifImageHeight", "fileSizeInByte", "orientation", "dateTimeOriginal", "modifyDate", "latitude", "longitude", "city", "state", "country", "description", "fNumber", "focalLength", "iso", "exposureTime", "fps", "livePhotoCID", "projectionType", "profileDescription", "colorspace", "bitsPerSample", "autoStackId", "rating", "tags", "timeZone")
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)
on conflict ("assetId") do update
set "make" = $31, "model" = $32, "lensModel" = $33, "exifImageWidth" = $34, "exifImageHeight" = $35, "fileSizeInByte" = $36, "orientation" = $37, "modifyDate" = $38, "latitude" = $39, "longitude" = $40, "city" = $41, "state" = $42, "country" = $43, "description" = $44, "fNumber" = $45, "focalLength" = $46, "iso" = $47, "exposureTime" = $48, "fps" = $49, "livePhotoCID" = $50, "projectionType" = $51, "profileDescription" = $52, "colorspace" = $53, "bitsPerSample" = $54, "autoStackId" = $55, "rating" = $56, "tags" = $57, "updatedAt" = now();

update "asset"
set "width" = $1, "height" = $2, "city" = $3, "country" = $4, "projectionType" = $5, "latitude" = $6, "longitude" = $7, "updatedAt" = now()
where "id" = $8;

-- shapeAsset
insert into "asset_exif" ("assetId", "exifImageWidth", "exifImageHeight", "orientation")
values ($1, $2, $3, $4)
on conflict ("assetId") do update
set "exifImageWidth" = $5, "exifImageHeight" = $6, "orientation" = $7, "updatedAt" = now();

update "asset"
set "width" = $1, "height" = $2, "updatedAt" = now()
where "id" = $3;
