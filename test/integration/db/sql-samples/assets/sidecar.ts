import * as sidecar from '#shared/assets/sidecar.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof sidecar> = {
  listAssetsOfKeys: (db) => sidecar.listAssetsOfKeys(db, 'folder', ['library/ann/a.jpg', 'library/ann/a.png']),
  async setSidecar(db, { assetIds }) {
    await sidecar.setSidecar(db, assetIds[0], 'library/ann/a.jpg.xmp');
    await sidecar.setSidecar(db, assetIds[0], undefined);
  },
};
