import * as moments from '#shared/assets/moment.ts';
import { momentAt } from '#test/support/moments.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof moments> = {
  listMoments: (db, { assetIds }) => moments.listMoments(db, assetIds),
  setMoments: (db, { assetIds }) =>
    moments.setMoments(
      db,
      assetIds.map((assetId) => ({ assetId, moment: momentAt(new Date(), 'Europe/Zurich') })),
    ),
};
