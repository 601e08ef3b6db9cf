import * as download from '#shared/assets/download.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof download> = {
  async listDownloadable(db, { userId, albumId, assetIds: ids }) {
    await download.listDownloadable(db, { ids });
    await download.listDownloadable(db, { albumId });
    await download.listDownloadable(db, { ownerId: userId, seesLocked: true });
  },
};
