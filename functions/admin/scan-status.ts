import type { Db } from '#shared/db/db.ts';
import { countMissing } from '#shared/scans/scan-file.ts';
import { listScanRoots } from '#shared/scans/scan-root.ts';
import { findLatestRun } from '#shared/scans/scan-run.ts';
import type { ScanRoot, ScanRun } from '#shared/db/tables.ts';
import type { AdminCommand } from './command.ts';
import { formatAge } from './format-age.ts';
import { refuseArguments } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    refuseArguments(input);
    const db = await ports.openDb();
    const states: RootState[] = [];
    for (const root of await listScanRoots(db)) states.push(await readState(db, root));
    return {
      text: states.length === 0 ? 'No folder was scanned yet.' : states.map(formatRoot).join('\n\n'),
      json: states.map(toJson),
    };
  },
};

interface RootState {
  root: ScanRoot;
  run: ScanRun | undefined;
  missing: number;
}

async function readState(db: Db, root: ScanRoot): Promise<RootState> {
  const { missing } = await countMissing(db, root.id, null);
  return { root, run: await findLatestRun(db, root.id), missing };
}

function formatRoot({ root, run, missing }: RootState): string {
  const lines = [root.path];
  if (run === undefined) lines.push('  not scanned yet');
  else lines.push(`  ${formatRun(run)}`);
  lines.push(`  last full scan: ${root.fullAt === null ? 'never' : `${formatAge(root.fullAt)} ago`}`);
  if (missing > 0) lines.push(`  missing: ${missing} files that were there before`);
  if (root.problem !== null) lines.push(`  problem: ${root.problem}`);
  if (root.haltedReason !== null) {
    lines.push(`  halted: ${root.haltedReason}`);
    lines.push(`  If they are really gone: scan approve ${root.path}`);
  }
  return lines.join('\n');
}

function formatRun({ kind, startedAt, finishedAt, outcome, reason, counts, errors }: ScanRun): string {
  const when =
    finishedAt === null ? `under way, began ${formatAge(startedAt)} ago` : `${outcome} ${formatAge(finishedAt)} ago`;
  const numbers = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  if (errors > 0) numbers.push(`errors ${errors}`);
  return [`last recorded scan (${kind}): ${when}`, numbers.join(', '), reason ?? ''].filter(Boolean).join('; ');
}

function toJson({ root, run, missing }: RootState) {
  const { id, path, store, libraryId, fullAt, problem, problemAt, haltedReason, haltedAt, approvedAt } = root;
  return {
    id,
    path,
    store,
    libraryId,
    fullAt,
    problem,
    problemAt,
    haltedReason,
    haltedAt,
    approvedAt,
    missing,
    lastRun: run,
  };
}
