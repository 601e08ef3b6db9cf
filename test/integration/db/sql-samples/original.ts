import { randomBytes } from 'node:crypto';
import * as original from '#shared/db/queries/original.ts';
import { findAsset } from '#shared/db/queries/asset.ts';
import type { SamplesOf } from './sample.ts';

const found = {
  store: 'folder',
  key: 'library/ann/b.jpg',
  sizeBytes: 10,
  version: 'v',
  isExternal: false,
  ownerFolder: 'ann',
};

export const samples: SamplesOf<typeof original> = {
  async moveOriginal(db, { assetIds }, unrecorded) {
    const asset = await findAsset(unrecorded, assetIds[0]);
    if (asset !== undefined) await original.moveOriginal(db, asset, found);
  },
  replaceOriginal: (db, { assetIds }) =>
    original.replaceOriginal(db, assetIds[0], { ...found, checksum: randomBytes(20), modifiedAt: new Date() }),
};
