import type { AlbumDetails } from '#shared/db/queries/album.ts';
import type { ResponseOf } from '../contract.ts';
import { formatWithOffset } from '../format-date.ts';
import { serializeUser } from '../users/serialize.ts';

export type AlbumResponse = ResponseOf<'getAlbumInfo'>;

export function serializeAlbum(details: AlbumDetails): AlbumResponse {
  const { album, users, assetCount, startDate, endDate, lastModifiedAssetTimestamp, contributors } = details;
  return {
    id: album.id,
    albumName: album.albumName,
    description: album.description,
    albumThumbnailAssetId: details.thumbnailAssetId,
    albumUsers: users.map(({ user, role }) => ({ user: serializeUser(user), role })),
    assetCount,
    ...(users.length > 1 ? { contributorCounts: contributors } : {}),
    createdAt: formatWithOffset(album.createdAt),
    updatedAt: formatWithOffset(album.updatedAt),
    shared: users.length > 1,
    hasSharedLink: false,
    isActivityEnabled: album.isActivityEnabled,
    order: album.order,
    ...(startDate === undefined ? {} : { startDate: formatWithOffset(startDate) }),
    ...(endDate === undefined ? {} : { endDate: formatWithOffset(endDate) }),
    ...(lastModifiedAssetTimestamp === undefined
      ? {}
      : { lastModifiedAssetTimestamp: formatWithOffset(lastModifiedAssetTimestamp) }),
  };
}
