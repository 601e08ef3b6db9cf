import { randomBytes } from 'node:crypto';
import * as original from '#shared/assets/original.ts';
import { findAsset } from '#shared/assets/asset.ts';
import { reserveObject } from '#shared/assets/stored-object.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

const found = {
  store: 'folder',
  key: 'library/ann/b.jpg',
  sizeBytes: 10,
  version: 'v',
  isExternal: false,
  ownerFolder: 'ann',
};

export const samples: SamplesOf<typeof original> = {
  async takeOverOriginal(db, { userId, assetIds }, unrecorded) {
    for (const [n, isLost] of [true, false].entries()) {
      const upload = { store: 'folder', key: `upload/${n}.jpg` };
      await reserveObject(unrecorded, { ...upload, ownerId: userId, assetId: newId(), holder: 'h', leaseSeconds: 60 });
      const asset = await findAsset(unrecorded, assetIds[0]);
      if (asset !== undefined) await original.takeOverOriginal(db, { ...asset, isLost }, { ...upload, sizeBytes: 1 });
    }
  },
  async moveOriginal(db, { assetIds }, unrecorded) {
    const asset = await findAsset(unrecorded, assetIds[0]);
    if (asset !== undefined) await original.moveOriginal(db, asset, found);
  },
  async replaceOriginal(db, { assetIds }, unrecorded) {
    const asset = await findAsset(unrecorded, assetIds[0]);
    const content = { ...found, checksum: randomBytes(20), modifiedAt: new Date() };
    if (asset !== undefined) await original.replaceOriginal(db, asset.id, { ...content, key: asset.originalPath });
  },
};
