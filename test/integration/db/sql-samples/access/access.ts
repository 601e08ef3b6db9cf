import * as access from '#shared/access/access.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof access> = {
  async listAccessibleAssets(db, { userId, otherUserId, assetIds }) {
    await access.listAccessibleAssets(db, { userId, seesLocked: true }, assetIds, 'own');
    await access.listAccessibleAssets(db, { userId: otherUserId, seesLocked: false }, assetIds, 'shared');
  },
  listAccessibleAlbums: (db, { userId, albumId }) =>
    access.listAccessibleAlbums(db, userId, [albumId, albumId], ['owner', 'editor']),
  listOwnPeople: (db, { userId, personIds }) => access.listOwnPeople(db, { userId, seesLocked: false }, personIds),
  listOwnFaces: (db, { userId, faceIds }) => access.listOwnFaces(db, { userId, seesLocked: false }, faceIds),
};
