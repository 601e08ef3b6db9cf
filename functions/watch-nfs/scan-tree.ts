import { findLastSettling, listKnownDirectories, listSettlingDirectories, listUnlistedDirectories, addDirectories } from '#shared/db/queries/scan-directory.ts'; // prettier-ignore
import { countMissingScan, findLastMissing } from '#shared/db/queries/scan-file.ts';
import {
  keepScanRoot,
  noteLibraryScan,
  releaseScanRoot,
  takeScanRoot,
  type ScanLease,
} from '#shared/db/queries/scan-root.ts';
import { deleteOldRuns, findLatestRun, findOpenRun, finishOpenRun, startRun } from '#shared/db/queries/scan-run.ts';
import type { ScanKind, ScanPhase, ScanRoot } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { isDarkroomError, toDarkroomError } from '#shared/errors/errors.ts';
import { visitDirectories } from './apply-visits.ts';
import { judgeMissing } from './judge-missing.ts';
import { commit, isOver, LeaseLost, TreeAway, type Limits, type Ports, type Scan } from './scan.ts';
import { tellOffline } from './tell-offline.ts';
import type { TreeSpec } from './walk.ts';
import { openWalker } from './walker.ts';

export interface WatchedTree {
  root: ScanRoot;
  spec: TreeSpec;
}

/**
 * `busy`: somebody else scans it. `away`: it could not be looked at, and nothing was changed. `unfinished`: the time is
 * up, and the next slice goes on from there.
 */
export type ScanOutcome = 'finished' | 'unfinished' | 'busy' | 'away';

export interface Slice {
  kind: ScanKind;
  /**
   * Somebody waits for what this scan finds: it begins after they asked, and what it does not find twice within the
   * settle time is reported as removed.
   */
  requestedAt?: Date | undefined;
  limits: Limits;
  endsAtMs: number;
  signal: AbortSignal;
}

const runsKept = 100;

/** Scans a tree, or goes on with the scan of it that is under way, until it has ended or the slice is over. */
export async function scanTree(ports: Ports, { root: known, spec }: WatchedTree, slice: Slice): Promise<ScanOutcome> {
  const { leaseSeconds: seconds } = slice.limits;
  const root = await takeScanRoot(ports.db, known.id, { holder: ports.holder, seconds });
  if (root === undefined) return 'busy';
  const lease: ScanLease = { rootId: root.id, fence: root.fence, seconds };
  const renewal = setInterval(() => void renew(ports, lease), (seconds * 1000) / 3);
  try {
    await using walker = openWalker(spec, slice.limits);
    return await scanHeld(ports, { root, lease, walker }, slice, spec);
  } catch (error) {
    if (error instanceof LeaseLost) return 'busy';
    if (error instanceof TreeAway || isDarkroomError(error, 'store/unavailable'))
      return await noteProblem(ports, { root, lease }, error.message);
    throw error;
  } finally {
    clearInterval(renewal);
    await releaseScanRoot(ports.db, lease).catch(() => {});
  }
}

async function renew(ports: Ports, lease: ScanLease): Promise<void> {
  try {
    await keepScanRoot(ports.db, lease);
  } catch (error) {
    ports.log.warn({ err: toDarkroomError(error) }, 'the lease of a scan was not renewed');
  }
}

async function noteProblem(
  ports: Ports,
  { root, lease }: { root: ScanRoot; lease: ScanLease },
  problem: string,
): Promise<ScanOutcome> {
  const at = new Date(ports.now());
  const isNew = root.marker === null;
  const note = { rootId: root.id, path: root.path, problem };
  if (isNew) ports.log.info(note, 'a folder to be scanned is not there yet');
  else ports.log.error(note, 'a folder is not the one that was scanned before: nothing is changed');
  await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease, { problem, problemAt: at }))) return;
    const run = await findOpenRun(tx, root.id);
    // A full scan goes on where it was when the tree is back.
    if (run?.kind === 'incremental') await finishOpenRun(tx, root.id, { outcome: 'aborted', reason: problem, at });
  });
  return 'away';
}

type Held = Pick<Scan, 'root' | 'lease' | 'walker'>;

async function scanHeld(ports: Ports, held: Held, slice: Slice, { exclusionPatterns }: TreeSpec): Promise<ScanOutcome> {
  const root = await adopt(ports, held);
  const { endsAtMs, signal } = slice;
  const limits = limitsOf(slice);
  const scan: Scan = { ...held, ports, root, limits, endsAtMs, signal, run: await takeRun(ports, held, slice) };
  const steps = createSteps(scan, exclusionPatterns);
  // One step at least, so that slices that are too short for anything else still come to an end.
  do {
    const next = await steps[scan.run.phase]();
    if (next === 'finished') return 'finished';
    if (next !== undefined) Object.assign(scan.run, { phase: next, cursor: null });
  } while (!isOver(scan));
  await commit(scan);
  return 'unfinished';
}

function limitsOf({ limits, requestedAt }: Slice): Limits {
  return requestedAt === undefined ? limits : { ...limits, missingMs: limits.settleMs, missingScans: 1 };
}

/** A tree gets its marker with the first scan. @throws TreeAway */
async function adopt(ports: Ports, { root, lease, walker }: Held): Promise<ScanRoot> {
  const guard = await walker.ask({ kind: 'guard', marker: root.marker });
  if (guard.outcome === 'other') throw new TreeAway(guard.reason);
  if (root.marker === guard.marker) return root;
  await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease, { marker: guard.marker }))) throw new LeaseLost();
    await addDirectories(tx, root.id, ['']);
  });
  return { ...root, marker: guard.marker };
}

/** The scan that is under way, but for an incremental one when a full one is wanted. The first of a tree is a full one. */
async function takeRun({ db, now }: Ports, { root, lease }: Held, { kind, requestedAt }: Slice): Promise<Scan['run']> {
  return await inTransaction(db, async (tx) => {
    if (!(await keepScanRoot(tx, lease))) throw new LeaseLost();
    const open = await findOpenRun(tx, root.id);
    const isEarlier = open !== undefined && requestedAt !== undefined && open.startedAt < requestedAt;
    if (open !== undefined && !isEarlier && (open.kind === 'full' || kind === 'incremental')) return open;
    const at = new Date(now());
    await finishOpenRun(tx, root.id, { outcome: 'superseded', reason: null, at });
    const isFirst = (await findLatestRun(tx, root.id)) === undefined;
    return await startRun(tx, root.id, isFirst ? 'full' : kind, at);
  });
}

/** One step of each phase: says which phase comes next, or undefined if this one is not over. */
type Step = () => Promise<ScanPhase | 'finished' | undefined>;

const batchFolders = 500;
/** So often a slice waits for files to settle before it leaves them to the next scan. */
const waitsMax = 6;

function createSteps(scan: Scan, exclusionPatterns: readonly string[]): Record<ScanPhase, Step> {
  const { ports, root, run, limits, signal } = scan;
  const { db } = ports;
  const isFirstScan = root.fullAt === null;
  let nextSettleMs = ports.now() + limits.settleMs;
  let waits = 0;
  let settledUpTo: string | null = null;

  const settleSome = async (): Promise<boolean> => {
    const observedBefore = new Date(ports.now() - limits.settleMs);
    const after = run.phase === 'settle' ? run.cursor : settledUpTo;
    const due = await listSettlingDirectories(db, root.id, { observedBefore, after, limit: batchFolders });
    settledUpTo = null;
    if (due.length === 0) return false;
    const last = (await visitDirectories(scan, due, { isAgain: true })).at(-1)?.path ?? null;
    if (run.phase === 'settle') run.cursor = last;
    else settledUpTo = last;
    return true;
  };

  return {
    async known() {
      const directories = await listKnownDirectories(db, root.id, run.cursor, batchFolders);
      if (directories.length === 0) return 'new';
      const visited = await visitDirectories(scan, directories);
      run.cursor = visited.at(-1)?.path ?? null;
      return undefined;
    },

    async new() {
      // Of a tree that is new nothing can have moved: its first photos need not wait for its last ones.
      if (isFirstScan && ports.now() >= nextSettleMs && !(await settleSome()))
        nextSettleMs = ports.now() + limits.settleMs;
      const directories = await listUnlistedDirectories(db, root.id, batchFolders);
      if (directories.length === 0) return 'settle';
      await visitDirectories(scan, directories);
      return undefined;
    },

    async settle() {
      if (await settleSome()) return undefined;
      if (run.cursor !== null) {
        run.cursor = null;
        return undefined;
      }
      if ((await listUnlistedDirectories(db, root.id, 1)).length > 0) return 'new';
      const last = await findLastSettling(db, root.id);
      if (last !== undefined && waits < waitsMax) {
        waits += 1;
        const waitMs = Math.min(limits.settleMs, Math.max(0, last.getTime() + limits.settleMs - ports.now()));
        if (ports.now() + waitMs < scan.endsAtMs) {
          await ports.wait(waitMs, signal);
          return undefined;
        }
      }
      await commit(scan, async (tx) => {
        if (run.kind === 'full' && run.errors === 0) await countMissingScan(tx, root.id);
        run.phase = 'missing';
        run.cursor = null;
      });
      return 'missing';
    },

    async missing() {
      // Shorter than a scan is apart from the next one, the time that files are missing is waited for.
      const last = limits.missingMs <= limits.settleMs ? await findLastMissing(db, root.id) : undefined;
      const waitMs = last === undefined ? 0 : last.getTime() + limits.missingMs - ports.now();
      if (waitMs > 0) {
        await ports.wait(Math.min(waitMs, limits.missingMs, Math.max(0, scan.endsAtMs - ports.now())), signal);
        return undefined;
      }
      if (!(await judgeMissing(scan))) return undefined;
      await tellOffline(scan, exclusionPatterns);
      await finish(scan);
      return 'finished';
    },
  };
}

async function finish({ ports, root, run, lease }: Scan): Promise<void> {
  const at = new Date(ports.now());
  const isComplete = run.kind === 'full' && run.errors === 0;
  const reason = run.errors === 0 ? null : `${run.errors} folders or files could not be looked at`;
  await inTransaction(ports.db, async (tx) => {
    const changes = { problem: reason, problemAt: reason === null ? null : at, ...(isComplete ? { fullAt: at } : {}) };
    if (!(await keepScanRoot(tx, lease, changes))) throw new LeaseLost();
    await finishOpenRun(tx, root.id, { outcome: 'finished', reason, at });
    if (root.libraryId !== null) await noteLibraryScan(tx, root.libraryId, at);
    await deleteOldRuns(tx, root.id, runsKept);
  });
  ports.log.info({ rootId: root.id, kind: run.kind, ...run.counts, errors: run.errors }, 'scan finished');
}
