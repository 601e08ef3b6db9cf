import {
  findLastSettling,
  listKnownDirectories,
  listSettlingDirectories,
  listUnlistedDirectories,
  addDirectories,
} from '#shared/scans/scan-directory.ts';
import { countMissingScan, findLastMissing } from '#shared/scans/scan-file.ts';
import { noteLibraryScan } from '#shared/libraries/library.ts';
import { findFreeScanRoot, keepScanRoot } from '#shared/scans/scan-root.ts';
import { deleteOldRuns, findLatestRun, findOpenRun, finishOpenRun, startRun } from '#shared/scans/scan-run.ts';
import type { ScanKind, ScanPhase, ScanRoot } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { visitDirectories } from './apply-visits.ts';
import { judgeMissing } from './judge-missing.ts';
import { beginWriting, commit, isOver, TreeAway, type Scan } from './scan.ts';
import { type ScanLimits, type ScanPorts } from './scan-ports.ts';
import { reportOfflineAgain } from './report-offline.ts';
import { LeaseLost, TreeClaim } from './tree-claim.ts';
import type { TreeSpec } from './walk.ts';
import { openWalker } from './walker.ts';

export interface WatchedTree {
  root: ScanRoot;
  spec: TreeSpec;
}

/**
 * `busy`: another process scans the tree. `away`: the tree could not be looked at, and nothing was changed.
 * `unfinished`: the slice is over, and the next one continues.
 */
export type ScanOutcome = 'finished' | 'unfinished' | 'busy' | 'away';

export interface ScanSlice {
  kind: ScanKind;
  /**
   * When this scan was requested: it begins after that, and files that it does not find twice within the settle time
   * are reported as removed.
   */
  requestedAt?: Date | undefined;
  limits: ScanLimits;
  endsAtMs: number;
  signal: AbortSignal;
}

const runsKept = 100;

/**
 * Scans a tree, or continues its scan that is under way, until the scan has ended or the slice is over. An incremental
 * scan that finds nothing new writes nothing to the database.
 */
export async function scanTree(
  ports: ScanPorts,
  { root: known, spec }: WatchedTree,
  slice: ScanSlice,
): Promise<ScanOutcome> {
  const root = await findFreeScanRoot(ports.db, known.id);
  if (root === undefined) return 'busy';
  await using claim = new TreeClaim(ports, root, slice.limits.leaseSeconds);
  try {
    return await scanFree(ports, { root, claim }, slice, spec);
  } catch (error) {
    if (error instanceof LeaseLost) return 'busy';
    throw error;
  }
}

type Found = Pick<Scan, 'root' | 'claim'>;

async function scanFree(ports: ScanPorts, found: Found, slice: ScanSlice, spec: TreeSpec): Promise<ScanOutcome> {
  try {
    await using walker = openWalker(spec, slice.limits);
    return await scanFound(ports, { ...found, walker }, slice, spec);
  } catch (error) {
    if (error instanceof TreeAway || isDarkroomError(error, 'store/unavailable'))
      return await noteProblem(ports, found, error.message);
    throw error;
  }
}

async function noteProblem(ports: ScanPorts, { root, claim }: Found, problem: string): Promise<ScanOutcome> {
  const at = new Date(ports.now());
  const isNew = root.marker === null;
  const note = { rootId: root.id, path: root.path, problem };
  if (isNew) ports.log.info(note, 'a folder to be scanned does not exist yet');
  else
    ports.log.error(note, 'a folder cannot be looked at or is not the one that was scanned before: nothing is changed');
  if (!claim.isTaken && root.problem === problem) return 'away';
  const lease = await claim.take();
  await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease, problemChanges(root, problem, at)))) return;
    const run = await findOpenRun(tx, root.id);
    // A full scan continues when the tree is back.
    if (run?.kind === 'incremental') await finishOpenRun(tx, root.id, { outcome: 'aborted', reason: problem, at });
  });
  return 'away';
}

/** A problem that stays keeps the time at which it was first seen. */
function problemChanges(root: ScanRoot, problem: string | null, at: Date): Pick<ScanRoot, 'problem' | 'problemAt'> {
  if (problem === root.problem) return { problem, problemAt: root.problemAt };
  return { problem, problemAt: problem === null ? null : at };
}

type Held = Pick<Scan, 'root' | 'claim' | 'walker'>;

async function scanFound(
  ports: ScanPorts,
  found: Held,
  slice: ScanSlice,
  { exclusionPatterns }: TreeSpec,
): Promise<ScanOutcome> {
  const held = { ...found, root: await adopt(ports, found) };
  const { endsAtMs, signal } = slice;
  const scan: Scan = {
    ...held,
    ports,
    limits: limitsOf(slice),
    endsAtMs,
    signal,
    run: await openRun(ports, held, slice),
  };
  const steps = createSteps(scan, exclusionPatterns);
  // At least one step, so that scans in slices that are too short still come to an end.
  do {
    const next = await steps[scan.run.phase]();
    if (next === 'finished') return 'finished';
    if (next !== undefined) Object.assign(scan.run, { phase: next, cursor: null });
  } while (!isOver(scan));
  await commit(scan);
  return 'unfinished';
}

function limitsOf({ limits, requestedAt }: ScanSlice): ScanLimits {
  return requestedAt === undefined ? limits : { ...limits, missingMs: limits.settleMs, missingScans: 1 };
}

/** A tree gets its marker with the first scan. @throws TreeAway */
async function adopt(ports: ScanPorts, { root, claim, walker }: Held): Promise<ScanRoot> {
  const guard = await walker.ask({ kind: 'guard', marker: root.marker });
  if (guard.outcome === 'other') throw new TreeAway(guard.reason);
  if (root.marker === guard.marker) return root;
  const lease = await claim.take();
  await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease, { marker: guard.marker }))) throw new LeaseLost();
    await addDirectories(tx, root.id, ['']);
  });
  return { ...root, marker: guard.marker };
}

/**
 * The scan that is under way, unless it is incremental and a full one is wanted. The first scan of a tree is full. An
 * incremental scan that was not requested is recorded only when it has found something.
 */
async function openRun(
  ports: ScanPorts,
  { root, claim }: Held,
  { kind, requestedAt }: ScanSlice,
): Promise<Scan['run']> {
  const at = new Date(ports.now());
  const latest = await findLatestRun(ports.db, root.id);
  if (kind === 'incremental' && requestedAt === undefined && latest != null && latest.finishedAt !== null)
    return { id: undefined, kind, startedAt: at, phase: 'known', cursor: null, counts: {}, errors: 0 };
  const lease = await claim.take();
  return await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease))) throw new LeaseLost();
    const open = await findOpenRun(tx, root.id);
    const isEarlier = open !== undefined && requestedAt !== undefined && open.startedAt < requestedAt;
    if (open !== undefined && !isEarlier && (open.kind === 'full' || kind === 'incremental')) return open;
    await finishOpenRun(tx, root.id, { outcome: 'superseded', reason: null, at });
    return await startRun(tx, root.id, latest === undefined ? 'full' : kind, at);
  });
}

/** One step of a phase: returns the next phase, or undefined if this one is not over. */
type Step = () => Promise<ScanPhase | 'finished' | undefined>;

const batchFolders = 500;
/** How often a slice waits for files to settle before it leaves them to the next scan. */
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
      // In a new tree no file can have moved: its first photos need not wait for its last ones.
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
      if (run.kind === 'full' && run.errors === 0) {
        await commit(scan, async (tx) => {
          await countMissingScan(tx, root.id);
          run.phase = 'missing';
          run.cursor = null;
        });
      }
      return 'missing';
    },

    async missing() {
      // If `missingMs` is shorter than the pause between scans, this scan waits for it.
      const last = limits.missingMs <= limits.settleMs ? await findLastMissing(db, root.id) : undefined;
      const waitMs = last === undefined ? 0 : last.getTime() + limits.missingMs - ports.now();
      if (waitMs > 0) {
        await ports.wait(Math.min(waitMs, limits.missingMs, Math.max(0, scan.endsAtMs - ports.now())), signal);
        return undefined;
      }
      if (!(await judgeMissing(scan))) return undefined;
      await reportOfflineAgain(scan, exclusionPatterns);
      await finish(scan);
      return 'finished';
    },
  };
}

async function finish(scan: Scan): Promise<void> {
  const { ports, root, run } = scan;
  const reason = run.errors === 0 ? null : `${run.errors} folders or files could not be looked at`;
  if (run.id !== undefined || reason !== root.problem) await writeEnd(scan, reason);
  ports.log.info({ rootId: root.id, kind: run.kind, ...run.counts, errors: run.errors }, 'scan finished');
}

async function writeEnd(scan: Scan, reason: string | null): Promise<void> {
  const { ports, root, run } = scan;
  const at = new Date(ports.now());
  const isComplete = run.kind === 'full' && run.errors === 0;
  const { lease } = await beginWriting(scan);
  await inTransaction(ports.db, async (tx) => {
    const changes = { ...problemChanges(root, reason, at), ...(isComplete ? { fullAt: at } : {}) };
    if (!(await keepScanRoot(tx, lease, changes))) throw new LeaseLost();
    await finishOpenRun(tx, root.id, { outcome: 'finished', reason, at });
    if (root.libraryId !== null) await noteLibraryScan(tx, root.libraryId, at);
    await deleteOldRuns(tx, root.id, runsKept);
  });
}
