import * as moving from '#shared/assets/move-asset.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof moving> = {
  moveAsset: async (db, { assetIds: [assetId], userId: ownerId }, unrecorded) => {
    const from = { store: 'folder', key: 'library/anna/a.jpg' };
    await recordObject(unrecorded, from, {
      state: 'asset',
      assetId,
      ownerId,
      sizeBytes: 1,
      version: '1-1',
      reason: null,
    });
    const to = { store: 'folder', key: 'library/anna/b.jpg' };
    await moving.moveAsset(db, { assetId, from, to, version: '1-1', fileName: 'b.jpg', ownerFolder: 'anna' });
  },
};
