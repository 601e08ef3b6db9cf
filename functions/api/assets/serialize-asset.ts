import type { AssetDetails } from '#shared/assets/asset-details.ts';
import type { Asset, AssetExif } from '#shared/db/tables.ts';
import { findFormat } from '#shared/media/formats.ts';
import type { ResponseOf } from '../http/contract.ts';
import { formatWithOffset } from '../http/format-date.ts';
import { serializePerson } from '../people/serialize-person.ts';
import { serializeUser } from '../users/serialize-user.ts';
import { serializeChecksum } from './checksum.ts';

type AssetResponse = ResponseOf<'getAssetInfo'>;

const iso = (date: Date) => date.toISOString();
const formatOrNull = (date: Date | null) => (date === null ? null : formatWithOffset(date));

/** An asset as in lists. */
export function serializeAsset(asset: Asset): AssetResponse {
  const mimeType = findFormat(asset.originalFileName)?.mimeType;
  return {
    id: asset.id,
    type: asset.type,
    ownerId: asset.ownerId,
    libraryId: asset.libraryId,
    checksum: serializeChecksum(asset),
    originalFileName: asset.originalFileName,
    originalPath: asset.originalPath,
    ...(mimeType === undefined ? {} : { originalMimeType: mimeType }),
    createdAt: iso(asset.createdAt),
    updatedAt: iso(asset.updatedAt),
    fileCreatedAt: iso(asset.fileCreatedAt),
    fileModifiedAt: iso(asset.fileModifiedAt),
    localDateTime: iso(asset.localDateTime),
    thumbhash: asset.thumbhash?.toString('base64') ?? null,
    width: asset.width,
    height: asset.height,
    duration: asset.duration,
    isFavorite: asset.isFavorite,
    isArchived: asset.visibility === 'archive',
    isTrashed: asset.status === 'trashed',
    isOffline: asset.isOffline,
    isEdited: asset.isEdited,
    visibility: asset.visibility,
    livePhotoVideoId: asset.livePhotoVideoId,
    duplicateId: asset.duplicateId,
    hasMetadata: true,
    resized: true,
  };
}

/** An asset with its details for the user `viewerId`: people are visible only to their owner. */
export function serializeAssetDetails({ asset, exif, owner, people }: AssetDetails, viewerId: string): AssetResponse {
  return {
    ...serializeAsset(asset),
    ...(owner === undefined ? {} : { owner: serializeUser(owner) }),
    ...(exif === undefined ? {} : { exifInfo: serializeExif(exif) }),
    people: people.filter((person) => person.ownerId === viewerId).map(serializePerson),
    tags: [],
    stack: null,
  };
}

export function serializeExif(exif: AssetExif): NonNullable<AssetResponse['exifInfo']> {
  return {
    make: exif.make,
    model: exif.model,
    lensModel: exif.lensModel,
    exifImageWidth: exif.exifImageWidth,
    exifImageHeight: exif.exifImageHeight,
    fileSizeInByte: exif.fileSizeInByte,
    orientation: exif.orientation,
    dateTimeOriginal: formatOrNull(exif.dateTimeOriginal),
    modifyDate: formatOrNull(exif.modifyDate),
    timeZone: exif.timeZone,
    latitude: exif.latitude,
    longitude: exif.longitude,
    city: exif.city,
    state: exif.state,
    country: exif.country,
    description: exif.description,
    fNumber: exif.fNumber,
    focalLength: exif.focalLength,
    iso: exif.iso,
    exposureTime: exif.exposureTime,
    projectionType: exif.projectionType,
    rating: exif.rating,
  };
}
