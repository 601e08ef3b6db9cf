import * as scanMove from '#shared/scans/scan-move.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof scanMove> = {
  listMoveCandidates: (db) => scanMove.listMoveCandidates(db, null, [1, 2]),
  listDuplicateMoves: (db) => scanMove.listDuplicateMoves(db, '00000000-0000-4000-8000-000000000001', 10),
};
