import * as offlineAsset from '#shared/assets/offline-asset.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof offlineAsset> = {
  markOffline: (db, { assetIds }) => offlineAsset.markOffline(db, assetIds[0]),
  async markOnline(db, { assetIds }, unrecorded) {
    await offlineAsset.markOffline(unrecorded, assetIds[0]);
    await offlineAsset.markOnline(db, assetIds[0]);
  },
};
