// A scanner as a separate process, for tests that kill it: `node scan-process.ts DATABASE_URL FOLDER [full|incremental] [RACY_MS]`.
import { setTimeout } from 'node:timers/promises';
import { usualLimits } from '#functions/watch-nfs/scan-ports.ts';
import { scanTree } from '#functions/watch-nfs/scan-tree.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { ensureScanRoots } from '#shared/scans/scan-root.ts';
import { silentLog } from '#shared/log/log.ts';

const [url = '', path = '', kind = 'full', racyMs = String(usualLimits.racyMs)] = process.argv.slice(2);
await using opened = connectPostgres({ url, poolSize: 2 });
const { db } = opened;
const ports = {
  db,
  log: silentLog,
  relay: { kick() {} },
  holder: `process ${process.pid}`,
  now: Date.now,
  wait: async (ms: number) => await setTimeout(ms),
};
const [root] = await ensureScanRoots(db, [{ path, store: 'folder', prefix: 'library/', libraryId: null }]);
if (root === undefined) throw new Error('no row of the tree');
const tree = { root, spec: { path, prefix: 'library/', exclusionPatterns: [] } };
console.log('scanning');
const outcome = await scanTree(ports, tree, {
  kind: kind === 'full' ? 'full' : 'incremental',
  limits: { ...usualLimits, settleMs: 300, racyMs: Number(racyMs), leaseSeconds: 1, filesPerStep: 500 },
  endsAtMs: Date.now() + 60_000,
  signal: new AbortController().signal,
});
console.log(outcome);
