import { join } from 'node:path';
import {
  countMissing,
  deleteScanFiles,
  forgetDeleted,
  hasDeleted,
  listRemovable,
  markRemoved,
  restartMissing,
  type ScanFileKey,
} from '#shared/scans/scan-file.ts';
import { listDuplicateMoves, type DuplicateMove } from '#shared/scans/scan-move.ts';
import { keepScanRoot } from '#shared/scans/scan-root.ts';
import { isMassLoss } from '#shared/store/mass-loss.ts';
import { createOwnerCheck } from './find-moves.ts';
import { reportDuplicateMoves, reportRemoved } from './report.ts';
import { beginWriting, below, commit, count, isOver, requireTree, type Scan } from './scan.ts';
import { LeaseLost } from './tree-claim.ts';

const batchFiles = 500;

/**
 * Decides about missing files after the whole tree was looked at. Files whose bytes are elsewhere in the tree are
 * reported as moved; files that Darkroom deleted itself are forgotten; files that two full scans did not find and that
 * are missing for long enough are reported as removed, unless so many are missing that the tree is more likely to be at
 * fault. False if the rest is left to the next slice.
 */
export async function judgeMissing(scan: Scan): Promise<boolean> {
  await reportMovesToDuplicates(scan);
  if (await hasDeleted(scan.ports.db, scan.root.id))
    await commit(scan, async (tx) => count(scan.run.counts, { deleted: await forgetDeleted(tx, scan.root.id) }));
  const reason = await findHaltReason(scan);
  await saveHalt(scan, reason);
  if (reason !== undefined || scan.run.errors > 0) return true;
  return await reportGone(scan, { onlySidecars: scan.run.kind !== 'full' });
}

async function reportMovesToDuplicates(scan: Scan): Promise<void> {
  const { ports, root } = scan;
  const isMine = createOwnerCheck(scan);
  for (;;) {
    const moves = await listDuplicateMoves(ports.db, root.id, batchFiles);
    const targets = moves.map(({ to }) => join(root.path, pathOf(scan, to.key)));
    const states = targets.length === 0 ? [] : await scan.walker.ask({ kind: 'find', paths: targets });
    const there: DuplicateMove[] = [];
    for (const [index, move] of moves.entries())
      if (states[index] === 'there' && (await isMine(pathOf(scan, move.to.key), move.ownerId))) there.push(move);
    if (there.length === 0) return;
    await requireTree(scan);
    await commit(scan, async (tx) => {
      await deleteScanFiles(tx, there);
      await reportDuplicateMoves(tx, there);
      count(scan.run.counts, { moved: there.length });
    });
    ports.relay.kick();
    if (moves.length < batchFiles || isOver(scan)) return;
  }
}

const pathOf = ({ root }: Scan, key: string): string => key.slice(root.prefix.length);

/** Why the scan halts: so many files are missing that an administrator has to approve. Approved files do not count. */
async function findHaltReason({ ports, root }: Scan): Promise<string | undefined> {
  const { missing, known } = await countMissing(ports.db, root.id, root.approvedAt);
  if (missing === 0) return undefined;
  const isEmpty = missing === known;
  if (!isEmpty && !isMassLoss(missing, known)) return undefined;
  const which = isEmpty ? `All ${known} known files` : `${missing} of ${known} known files`;
  return `${which} below ${root.path} are missing; none is reported as removed until somebody approves of it`;
}

async function saveHalt(scan: Scan, reason: string | undefined): Promise<void> {
  const { ports, root } = scan;
  if (reason !== undefined) ports.log.error({ rootId: root.id, reason }, 'scan halted');
  if ((reason ?? null) === root.haltedReason) return;
  const { lease } = await beginWriting(scan);
  const haltedAt = reason === undefined ? null : (root.haltedAt ?? new Date(ports.now()));
  if (!(await keepScanRoot(ports.db, lease, { haltedReason: reason ?? null, haltedAt }))) throw new LeaseLost();
}

/**
 * Looks at each file again before it reports it. A sidecar makes no asset offline, so it need not be missing for long.
 */
async function reportGone(scan: Scan, { onlySidecars }: { onlySidecars: boolean }): Promise<boolean> {
  const { ports, root, limits, walker } = scan;
  let after: ScanFileKey | undefined;
  for (;;) {
    const at = new Date(ports.now());
    const missingBefore = new Date(at.getTime() - limits.missingMs);
    const files = await listRemovable(ports.db, root.id, {
      scans: limits.missingScans,
      missingBefore,
      onlySidecars,
      after,
      limit: batchFiles,
    });
    after = files.at(-1);
    if (after === undefined) return true;
    const paths = files.map(({ folder, name }) => join(root.path, below(folder, name)));
    const states = await walker.ask({ kind: 'find', paths });
    const gone = files.filter((_, index) => states[index] === 'gone');
    const others = files.filter((_, index) => states[index] !== 'gone');
    await requireTree(scan);
    await commit(scan, async (tx) => {
      await markRemoved(tx, gone);
      await reportRemoved(tx, root, gone);
      await restartMissing(tx, others, at);
      count(scan.run.counts, { removed: gone.length });
    });
    if (gone.length > 0) ports.relay.kick();
    if (isOver(scan)) return false;
  }
}
