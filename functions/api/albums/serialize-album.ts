import type { AlbumDetails } from '#shared/albums/album.ts';
import type { User } from '#shared/db/tables.ts';
import type { ResponseOf } from '../http/contract.ts';
import { formatWithOffset } from '../http/format-date.ts';
import { serializeUser, type UserResponse } from '../users/serialize-user.ts';

export type AlbumResponse = ResponseOf<'getAlbumInfo'>;

/** Serializes each user once, however many of the albums have them. */
export function serializeAlbums(albums: readonly AlbumDetails[]): AlbumResponse[] {
  const users = new Map<User, UserResponse>();
  const toUser = (user: User) => {
    const known = users.get(user) ?? serializeUser(user);
    users.set(user, known);
    return known;
  };
  return albums.map((details) => serializeAlbum(details, toUser));
}

export function serializeAlbum(details: AlbumDetails, toUser = serializeUser): AlbumResponse {
  const { album, users, assetCount, startDate, endDate, lastModifiedAssetTimestamp, contributors } = details;
  return {
    id: album.id,
    albumName: album.albumName,
    description: album.description,
    albumThumbnailAssetId: details.thumbnailAssetId,
    albumUsers: users.map(({ user, role }) => ({ user: toUser(user), role })),
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
