import * as rendering from '#shared/assets/render-asset.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof rendering> = {
  renderAsset: (db, { assetIds }) =>
    rendering.renderAsset(db, assetIds[0], {
      thumbhash: Buffer.alloc(20),
      files: [
        { type: 'thumbnail', path: 't.webp' },
        { type: 'preview', path: 'p.jpg' },
      ],
    }),
  findAssetFilePath: (db, { assetIds }) => rendering.findAssetFilePath(db, assetIds[0], 'preview'),
};
