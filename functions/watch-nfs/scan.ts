import type { Db, Tx } from '#shared/db/db.ts';
import { keepScanRoot, type ScanLease } from '#shared/scans/scan-root.ts';
import { findOpenRun, saveRun, startRun } from '#shared/scans/scan-run.ts';
import type { ScanKind, ScanPhase, ScanRoot } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import type { Log } from '#shared/log/log.ts';
import type { Relay } from '#shared/pipeline/relay.ts';
import { LeaseLost, type TreeClaim } from './tree-claim.ts';
import type { Walker } from './walker.ts';

export interface Ports {
  db: Db;
  log: Log;
  relay: Pick<Relay, 'kick'>;
  /** Names this process in leases. */
  holder: string;
  /** Milliseconds since 1970. */
  now: () => number;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Limits {
  /** How long a file must have stayed the same before it is reported. */
  settleMs: number;
  /** How long a file must have been missing before it is reported as removed, */
  missingMs: number;
  /** and by how many full scans it must not have been found. */
  missingScans: number;
  /** How long a folder that changed may have changed again without a trace. */
  racyMs: number;
  /** Longest time without a sign of life of the file system. */
  deadlineMs: number;
  leaseSeconds: number;
  /** About so many files are looked at and written down in one transaction. */
  filesPerStep: number;
}

export const usualLimits: Limits = {
  settleMs: 10_000,
  missingMs: 24 * 60 * 60 * 1000,
  missingScans: 2,
  racyMs: 120_000,
  deadlineMs: 120_000,
  leaseSeconds: 60,
  filesPerStep: 4_000,
};

export type Counts = Record<string, number>;

/** A scan that is under way in this process: one slice of it. */
export interface Scan {
  readonly ports: Ports;
  readonly limits: Limits;
  readonly root: ScanRoot;
  readonly claim: TreeClaim;
  readonly walker: Walker;
  readonly signal: AbortSignal;
  /** When the slice is over. */
  readonly endsAtMs: number;
  readonly run: {
    /** undefined until the scan has something to write. */
    id: string | undefined;
    readonly startedAt: Date;
    readonly kind: ScanKind;
    phase: ScanPhase;
    cursor: string | null;
    counts: Counts;
    errors: number;
  };
}

/** The tree is not the one that is known, or cannot be looked at. */
export class TreeAway extends Error {}

/** Writes a step of the scan with its progress in one transaction, if the lease still holds. @throws LeaseLost */
export async function commit(scan: Scan, write: (tx: Tx) => Promise<void> = async () => {}): Promise<void> {
  const { ports, run } = scan;
  const { lease, runId } = await beginWriting(scan);
  const { phase, cursor, counts } = run;
  await inTransaction(ports.db, async (tx) => {
    // A second attempt begins where the first one did.
    Object.assign(run, { phase, cursor, counts: { ...counts } });
    if (!(await keepScanRoot(tx, lease))) throw new LeaseLost();
    await write(tx);
    await saveRun(tx, runId, run, new Date(ports.now()));
  });
}

/** Takes the tree and writes down that a scan of it began, with the first that there is to write. @throws LeaseLost */
export async function beginWriting({ ports, root, claim, run }: Scan): Promise<{ lease: ScanLease; runId: string }> {
  const lease = await claim.take();
  run.id ??= await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease)) || (await findOpenRun(tx, root.id)) !== undefined) throw new LeaseLost();
    return (await startRun(tx, root.id, run.kind, run.startedAt)).id;
  });
  return { lease, runId: run.id };
}

/** Checks that what was just seen was seen in the tree that is known. @throws TreeAway */
export async function requireTree({ walker, root }: Scan): Promise<void> {
  const guard = await walker.ask({ kind: 'guard', marker: root.marker });
  if (guard.outcome === 'other') throw new TreeAway(guard.reason);
}

/** True when the rest is to be left to the next slice. */
export function isOver({ ports, endsAtMs, signal }: Scan): boolean {
  return signal.aborted || ports.now() >= endsAtMs;
}

export function count(counts: Counts, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) if (value !== 0) counts[name] = (counts[name] ?? 0) + value;
}

/** Where a file of the tree is, for events and `stored_object`. */
export function locationOf({ prefix }: ScanRoot, folder: string, name: string): string {
  return prefix + below(folder, name);
}

/** Path below the tree. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
