import * as scanRoot from '#shared/scans/scan-root.ts';
import type { SamplesOf } from '../sample.ts';

const spec = { path: '/photos/library', store: 'folder', prefix: 'library/', libraryId: null };
const rootId = '00000000-0000-4000-8000-000000000001';
const lease = { rootId, fence: 1, seconds: 60 };

export const samples: SamplesOf<typeof scanRoot> = {
  ensureScanRoots: (db) => scanRoot.ensureScanRoots(db, [spec]),
  findFreeScanRoot: (db) => scanRoot.findFreeScanRoot(db, rootId),
  takeScanRoot: (db) => scanRoot.takeScanRoot(db, rootId, { holder: 'h', seconds: 60 }),
  keepScanRoot: (db) => scanRoot.keepScanRoot(db, lease, { problem: null }),
  releaseScanRoot: (db) => scanRoot.releaseScanRoot(db, lease),
  listScanRoots: (db) => scanRoot.listScanRoots(db),
  approveMissing: (db) => scanRoot.approveMissing(db, rootId),
  forgetScans: (db) => scanRoot.forgetScans(db, ['/photos/library']),
  adoptScanRoot: (db) => scanRoot.adoptScanRoot(db, rootId),
};
