import { ensureScanRoots } from '#shared/scans/scan-root.ts';
import * as scanRun from '#shared/scans/scan-run.ts';
import type { SamplesOf } from '../sample.ts';

const rootId = '00000000-0000-4000-8000-000000000001';
const at = new Date(0);

export const samples: SamplesOf<typeof scanRun> = {
  findLatestRun: (db) => scanRun.findLatestRun(db, rootId),
  findOpenRun: (db) => scanRun.findOpenRun(db, rootId),
  startRun: async (db, _rows, unrecorded) => {
    const [root] = await ensureScanRoots(unrecorded, [
      { path: '/p', store: 'folder', prefix: 'library/', libraryId: null },
    ]);
    return await scanRun.startRun(db, root?.id ?? '', 'full', at);
  },
  saveRun: (db) => scanRun.saveRun(db, rootId, { phase: 'new', cursor: null, counts: {}, errors: 0 }, at),
  finishOpenRun: (db) => scanRun.finishOpenRun(db, rootId, { outcome: 'finished', reason: null, at }),
  deleteOldRuns: (db) => scanRun.deleteOldRuns(db, rootId, 100),
};
