import { randomBytes } from 'node:crypto';
import * as asset from '#shared/assets/asset.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof asset> = {
  findAsset: (db, { assetIds }) => asset.findAsset(db, assetIds[0]),
  listAssetsByChecksum: (db, { userId }) => asset.listAssetsByChecksum(db, userId, [randomBytes(20), randomBytes(20)]),
  listAssetFiles: (db, { assetIds }) => asset.listAssetFiles(db, assetIds[0]),
  async deleteAssets(db, { assetIds }) {
    await asset.deleteAssets(db, assetIds, 'trashed');
    await asset.deleteAssets(db, assetIds);
  },
  lockAssets: (db, { assetIds }) => asset.lockAssets(db, assetIds),
  deleteAllAssets: (db, { userId }) => asset.deleteAllAssets(db, { column: 'ownerId', id: userId }),
  lockAssetsOfFaces: (db, { faceIds }) => asset.lockAssetsOfFaces(db, faceIds),
  claimLostDeletions: (db) => asset.claimLostDeletions(db, new Date(0), 10),
  listExpiredTrash: (db) => asset.listExpiredTrash(db, { days: 30, after: undefined, limit: 10 }),
  forgetAsset: (db, { assetIds }) =>
    asset.forgetAsset(db, { id: assetIds[0], originalPath: 'a.jpg', isExternal: false, libraryId: null }),
  isAssetAlive: (db, { assetIds }) => asset.isAssetAlive(db, assetIds[0]),
};
