import { addDirectories, listUnlistedDirectories } from '#shared/scans/scan-directory.ts';
import * as scanFile from '#shared/scans/scan-file.ts';
import { ensureScanRoots } from '#shared/scans/scan-root.ts';
import type { Db } from '#shared/db/db.ts';
import type { SamplesOf } from '../sample.ts';

const rootId = '00000000-0000-4000-8000-000000000001';
const at = new Date(0);

async function addDirectory(db: Db): Promise<{ rootId: string; directoryId: number }> {
  const [root] = await ensureScanRoots(db, [{ path: '/p', store: 'folder', prefix: 'library/', libraryId: null }]);
  if (root === undefined) throw new Error('no tree');
  await addDirectories(db, root.id, ['']);
  const [directory] = await listUnlistedDirectories(db, root.id, 1);
  return { rootId: root.id, directoryId: directory?.id ?? 0 };
}

const file = (directoryId: number): scanFile.ScanFile => ({
  directoryId,
  name: 'a.jpg',
  state: 'missing',
  sizeBytes: 1,
  version: '1-1',
  reportedVersion: '1-1',
  ctimeNs: 1n,
  inode: 1n,
  observedAt: at,
  missingSince: at,
  missingScans: 2,
  reason: null,
});

export const samples: SamplesOf<typeof scanFile> = {
  listScanFiles: (db) => scanFile.listScanFiles(db, [1]),
  saveScanFiles: async (db, _rows, unrecorded) => {
    await scanFile.saveScanFiles(db, [file((await addDirectory(unrecorded)).directoryId)]);
  },
  deleteScanFiles: (db) => scanFile.deleteScanFiles(db, [{ directoryId: 1, name: 'a.jpg' }]),
  countMissing: async (db, _rows, unrecorded) => {
    const added = await addDirectory(unrecorded);
    await scanFile.saveScanFiles(unrecorded, [file(added.directoryId)]);
    return await scanFile.countMissing(db, added.rootId, null);
  },
  countMissingScan: (db) => scanFile.countMissingScan(db, rootId),
  listRemovable: (db) =>
    scanFile.listRemovable(db, rootId, {
      scans: 2,
      missingBefore: at,
      onlySidecars: false,
      after: undefined,
      limit: 10,
    }),
  findLastMissing: (db) => scanFile.findLastMissing(db, rootId),
  listOfflineFiles: (db) => scanFile.listOfflineFiles(db, rootId, { after: undefined, limit: 10 }),
  hasDeleted: (db) => scanFile.hasDeleted(db, rootId),
  forgetDeleted: (db) => scanFile.forgetDeleted(db, rootId),
  markRemoved: (db) => scanFile.markRemoved(db, [{ directoryId: 1, name: 'a.jpg' }]),
  restartMissing: (db) => scanFile.restartMissing(db, [{ directoryId: 1, name: 'a.jpg' }], at),
};
