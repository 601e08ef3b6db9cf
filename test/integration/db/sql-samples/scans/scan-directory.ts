import * as scanDirectory from '#shared/scans/scan-directory.ts';
import { ensureScanRoots } from '#shared/scans/scan-root.ts';
import type { SamplesOf } from '../sample.ts';

const rootId = '00000000-0000-4000-8000-000000000001';
const at = new Date(0);

export const samples: SamplesOf<typeof scanDirectory> = {
  listKnownDirectories: (db) => scanDirectory.listKnownDirectories(db, rootId, 'anna', 10),
  listUnlistedDirectories: (db) => scanDirectory.listUnlistedDirectories(db, rootId, 10),
  listSettlingDirectories: (db) =>
    scanDirectory.listSettlingDirectories(db, rootId, { observedBefore: at, after: null, limit: 10 }),
  findLastSettling: (db) => scanDirectory.findLastSettling(db, rootId),
  addDirectories: async (db, _rows, unrecorded) => {
    const [root] = await ensureScanRoots(unrecorded, [
      { path: '/p', store: 'folder', prefix: 'library/', libraryId: null },
    ]);
    await scanDirectory.addDirectories(db, root?.id ?? '', ['', 'anna']);
  },
  saveListed: (db) => scanDirectory.saveListed(db, [{ id: 1, mtimeNs: 1n, ctimeNs: 1n, isRacy: true }], at),
  saveUnknown: (db) => scanDirectory.saveUnknown(db, [{ id: 1, problem: 'EIO' }], at),
  loseDirectories: (db) => scanDirectory.loseDirectories(db, rootId, ['anna'], at),
  unlistDirectory: (db) => scanDirectory.unlistDirectory(db, rootId, 'anna/2024'),
};
