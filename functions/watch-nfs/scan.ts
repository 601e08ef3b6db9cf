import type { Tx } from '#shared/db/db.ts';
import { keepScanRoot, type ScanLease } from '#shared/scans/scan-root.ts';
import { findOpenRun, saveRun, startRun } from '#shared/scans/scan-run.ts';
import type { ScanKind, ScanPhase, ScanRoot } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import type { ScanLimits, ScanPorts } from './scan-ports.ts';
import { LeaseLost, type TreeClaim } from './tree-claim.ts';
import type { Walker } from './walker.ts';

export type Counts = Record<string, number>;

/** One slice of a scan, in this process. */
export interface Scan {
  readonly ports: ScanPorts;
  readonly limits: ScanLimits;
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

/** The tree is not the known one, or cannot be looked at. */
export class TreeAway extends Error {}

/** Writes a step of the scan with its progress in one transaction, if the lease still holds. @throws LeaseLost */
export async function commit(scan: Scan, write: (tx: Tx) => Promise<void> = async () => {}): Promise<void> {
  const { ports, run } = scan;
  const { lease, runId } = await beginWriting(scan);
  const { phase, cursor, counts } = run;
  await inTransaction(ports.db, async (tx) => {
    // A repeated transaction begins with the same progress as the first.
    Object.assign(run, { phase, cursor, counts: { ...counts } });
    if (!(await keepScanRoot(tx, lease))) throw new LeaseLost();
    await write(tx);
    await saveRun(tx, runId, run, new Date(ports.now()));
  });
}

/** Takes the lease of the tree and records the start of the scan, unless that is done already. @throws LeaseLost */
export async function beginWriting({ ports, root, claim, run }: Scan): Promise<{ lease: ScanLease; runId: string }> {
  const lease = await claim.take();
  run.id ??= await inTransaction(ports.db, async (tx) => {
    if (!(await keepScanRoot(tx, lease)) || (await findOpenRun(tx, root.id)) !== undefined) throw new LeaseLost();
    return (await startRun(tx, root.id, run.kind, run.startedAt)).id;
  });
  return { lease, runId: run.id };
}

/** Checks that the tree that was just looked at is the known one. @throws TreeAway */
export async function requireTree({ walker, root }: Scan): Promise<void> {
  const guard = await walker.ask({ kind: 'guard', marker: root.marker });
  if (guard.outcome === 'other') throw new TreeAway(guard.reason);
}

/** True when the slice is over. */
export function isOver({ ports, endsAtMs, signal }: Scan): boolean {
  return signal.aborted || ports.now() >= endsAtMs;
}

export function count(counts: Counts, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) if (value !== 0) counts[name] = (counts[name] ?? 0) + value;
}

/** Location of a file of the tree, for events and `stored_object`. */
export function locationOf({ prefix }: ScanRoot, folder: string, name: string): string {
  return prefix + below(folder, name);
}

/** Path below the tree. */
export function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
