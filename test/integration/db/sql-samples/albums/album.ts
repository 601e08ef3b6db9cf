import * as album from '#shared/albums/album.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof album> = {
  async listAlbums(db, { userId, albumId, assetIds }) {
    await album.listAlbums(db, userId, {});
    await album.listAlbums(db, userId, { isOwned: true, isShared: true });
    await album.listAlbums(db, userId, { isOwned: false, isShared: false });
    await album.listAlbums(db, userId, { id: albumId, name: 'Trip', assetId: assetIds[0] });
  },
  findAlbum: (db, { albumId }) => album.findAlbum(db, albumId),
  createAlbum: (db, { userId, otherUserId, assetIds }) =>
    album.createAlbum(db, {
      id: newId(),
      albumName: 'New',
      description: '',
      ownerId: userId,
      users: [{ userId: otherUserId, role: 'editor' }],
      assetIds,
    }),
  updateAlbum: (db, { albumId }) => album.updateAlbum(db, albumId, { albumName: 'Changed', isActivityEnabled: false }),
  deleteAlbum: (db, { albumId }) => album.deleteAlbum(db, albumId),
  addAlbumAssets: (db, { albumId, assetIds }) => album.addAlbumAssets(db, albumId, assetIds),
  removeAlbumAssets: (db, { albumId, assetIds }) => album.removeAlbumAssets(db, albumId, assetIds),
  addAlbumUsers: (db, { albumId, userId, otherUserId }) =>
    album.addAlbumUsers(db, albumId, [
      { userId, role: 'viewer' },
      { userId: otherUserId, role: 'editor' },
    ]),
  setAlbumRole: (db, { albumId, otherUserId }) => album.setAlbumRole(db, albumId, otherUserId, 'editor'),
  removeAlbumUser: (db, { albumId, otherUserId }) => album.removeAlbumUser(db, albumId, otherUserId),
  listAlbumMembersOf: (db, { albumId, assetIds }) => album.listAlbumMembersOf(db, albumId, assetIds),
  listAlbumPositions: (db, { albumId }) => album.listAlbumPositions(db, albumId),
  countAlbums: (db, { userId }) => album.countAlbums(db, userId),
  deleteAlbumsOf: (db, { userId }) => album.deleteAlbumsOf(db, userId),
};
