// One scan in a process of its own, which says what it took: `node scan-process.ts DATABASE FOLDER KIND`, DATABASE being a
// URL, or a folder for the embedded one.
import { setTimeout } from 'node:timers/promises';
import { usualLimits } from '#functions/watch-nfs/scan-ports.ts';
import { scanTree } from '#functions/watch-nfs/scan-tree.ts';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { ensureScanRoots } from '#shared/scans/scan-root.ts';
import { findLatestRun } from '#shared/scans/scan-run.ts';
import type { ScanKind } from '#shared/db/tables.ts';
import { silentLog } from '#shared/log/log.ts';

export interface ScanCost {
  /** Without the time that it waits for files to settle. */
  seconds: number;
  waitedSeconds: number;
  cpuSeconds: number;
  /** At its start, with the database open, and at its highest. */
  startRssMb: number;
  maxRssMb: number;
  counts: Record<string, number>;
}

const [database = '', path = '', kind = 'incremental'] = process.argv.slice(2);
await using opened = database.includes('://')
  ? connectPostgres({ url: database, poolSize: 2 })
  : await connectPGlite(database);
const { db } = opened;
await migrateToLatest(db);
const [root] = await ensureScanRoots(db, [{ path, store: 'folder', prefix: 'library/', libraryId: null }]);
if (root === undefined) throw new Error('no row of the tree');
let waitedMs = 0;
const wait = async (ms: number) => {
  waitedMs += ms;
  await setTimeout(ms);
};
const startRssMb = process.memoryUsage.rss() / 2 ** 20;
const cpuBefore = process.cpuUsage();
const started = performance.now();
const outcome = await scanTree(
  { db, log: silentLog, relay: { kick() {} }, holder: 'bench', now: Date.now, wait },
  { root, spec: { path, prefix: 'library/', exclusionPatterns: [] } },
  {
    kind: kind as ScanKind,
    limits: usualLimits,
    endsAtMs: Date.now() + 3_600_000,
    signal: new AbortController().signal,
  },
);
if (outcome !== 'finished') throw new Error(`the scan ended ${outcome}`);
const { user, system } = process.cpuUsage(cpuBefore);
const cost: ScanCost = {
  seconds: (performance.now() - started - waitedMs) / 1000,
  waitedSeconds: waitedMs / 1000,
  cpuSeconds: (user + system) / 1e6,
  startRssMb,
  maxRssMb: process.resourceUsage().maxRSS / 1024,
  counts: (await findLatestRun(db, root.id))?.counts ?? {},
};
console.log(JSON.stringify(cost));
