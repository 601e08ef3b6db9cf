import * as scanMove from '#shared/db/queries/scan-move.ts';
import { recordObject } from '#shared/db/queries/stored-object.ts';
import type { SamplesOf } from './sample.ts';

export const samples: SamplesOf<typeof scanMove> = {
  listMoveCandidates: (db) => scanMove.listMoveCandidates(db, null, [1, 2]),
  listDuplicateMoves: (db) => scanMove.listDuplicateMoves(db, '00000000-0000-4000-8000-000000000001', 10),
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
    await scanMove.moveAsset(db, { assetId, from, to, version: '1-1', fileName: 'b.jpg', ownerFolder: 'anna' });
  },
};
