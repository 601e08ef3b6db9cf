import {
  addDirectories,
  loseDirectories,
  saveListed,
  saveUnknown,
  type KnownDirectory,
} from '#shared/scans/scan-directory.ts';
import {
  deleteScanFiles,
  listScanFiles,
  saveScanFiles,
  type ScanFile,
  type ScanFileKey,
} from '#shared/scans/scan-file.ts';
import { compareFolder, type FolderChanges } from './compare-folder.ts';
import type { Listing, Visit } from './directory-listing.ts';
import { findMoves, type Settled } from './find-moves.ts';
import { reportCreated, reportMoved } from './report.ts';
import { below, commit, count, requireTree, TreeAway, type Scan } from './scan.ts';

/**
 * Visits folders, and records what is new in one transaction. Returns those of `directories` that were visited.
 * `isAgain` says that the run has counted their entries already.
 */
export async function visitDirectories(
  scan: Scan,
  directories: readonly KnownDirectory[],
  { isAgain = false }: { isAgain?: boolean } = {},
): Promise<KnownDirectory[]> {
  const at = new Date(scan.ports.now());
  const folders = directories.map(({ path, mtimeNs, ctimeNs, mustList }) => {
    if (mustList || mtimeNs === null || ctimeNs === null || scan.run.kind === 'full') return { folder: path };
    return { folder: path, known: { mtimeNs: BigInt(mtimeNs), ctimeNs: BigInt(ctimeNs) } };
  });
  const visits = await scan.walker.ask({ kind: 'visit', folders, filesMax: scan.limits.filesPerStep });
  const visited = directories.slice(0, visits.length);
  if (!isAgain) countVisits(scan, visits);
  await apply(scan, visited, visits, at);
  return visited;
}

type Listed = KnownDirectory & { listing: Listing };

interface UnknownDirectory {
  id: number;
  problem: string;
  /** The problem is not recorded yet. */
  isNew: boolean;
}

async function apply(
  scan: Scan,
  visited: readonly KnownDirectory[],
  visits: readonly Visit[],
  at: Date,
): Promise<void> {
  const { ports, limits, root, run } = scan;
  const gone = visited.filter((_, index) => visits[index]?.outcome === 'gone').map((it) => it.path);
  if (gone.includes('')) throw new TreeAway('it is no folder');
  const isLost = (path: string) => gone.some((it) => path === it || path.startsWith(`${it}/`));
  const listed: Listed[] = [];
  const unknown: UnknownDirectory[] = [];
  for (const [index, directory] of visited.entries()) {
    const visit = visits[index];
    if (visit === undefined || isLost(directory.path)) continue;
    if (visit.outcome === 'listed') listed.push({ ...directory, listing: visit });
    else if (visit.outcome === 'unknown')
      unknown.push({ id: directory.id, problem: visit.reason, isNew: visit.reason !== directory.problem });
  }
  run.errors += unknown.length + listed.reduce((sum, { listing }) => sum + listing.unknown.length, 0);
  const changes = await compare(scan, listed, at);
  const found = await findMoves(scan, changes.settled);
  // Postponed files settle with a later step.
  const late = new Set(found.postponed);
  const save = changes.save.filter((file) => !late.has(file));
  const isNew = (it: Listed) => !isAsBefore(it, isRacy(it.listing, at, limits.racyMs));
  const hasNews =
    gone.length + changes.save.length + changes.forget.length + changes.settled.length > 0 ||
    listed.some(isNew) ||
    unknown.some((it) => it.isNew);
  if (!hasNews && run.id === undefined) return;
  await requireTree(scan);

  count(run.counts, changes.counts);
  const moved = new Set(found.moves.map(({ file }) => file));
  const created = changes.settled.filter(({ file }) => !late.has(file) && !moved.has(file));
  await commit(scan, async (tx) => {
    await addDirectories(
      tx,
      root.id,
      listed.flatMap(({ path, listing }) => listing.folders.map((it) => below(path, it))),
    );
    await saveListed(
      tx,
      listed.map(({ id, listing }) => ({ id, ...listing.facts, isRacy: isRacy(listing, at, limits.racyMs) })),
      at,
    );
    await saveUnknown(tx, [...unknown, ...partlyUnknown(listed)], at);
    count(run.counts, { missing: await loseDirectories(tx, root.id, gone, at) });
    await saveScanFiles(tx, save);
    await deleteScanFiles(tx, changes.forget);
    await deleteScanFiles(
      tx,
      found.moves.map(({ from }) => from),
    );
    await reportMoved(tx, root, found.moves);
    await reportCreated(tx, root, created);
    count(run.counts, { moved: found.moves.length, reported: created.length });
  });
  if (created.length > 0 || found.moves.length > 0) ports.relay.kick();
}

interface Changes extends Pick<FolderChanges, 'save' | 'counts'> {
  settled: Settled[];
  forget: ScanFileKey[];
}

async function compare({ ports, limits }: Scan, listed: readonly Listed[], at: Date): Promise<Changes> {
  const known = new Map<number, ScanFile[]>(listed.map(({ id }) => [id, []]));
  const rows = await listScanFiles(ports.db, [...known.keys()]);
  for (const row of rows) known.get(row.directoryId)?.push(row);
  const all: Changes = { save: [], settled: [], forget: [], counts: { new: 0, changed: 0, missing: 0, returned: 0 } };
  for (const { id, path, listing } of listed) {
    const changes = compareFolder(id, known.get(id) ?? [], listing, { at, settleMs: limits.settleMs });
    for (const file of changes.save) all.save.push(file);
    for (const file of changes.settled) all.settled.push({ file, folder: path });
    for (const name of changes.forget) all.forget.push({ directoryId: id, name });
    count(all.counts, changes.counts);
  }
  return all;
}

function countVisits({ run }: Scan, visits: readonly Visit[]): void {
  const listings = visits.filter((it) => it.outcome === 'listed');
  count(run.counts, { directories: visits.length, listed: listings.length });
  for (const { files, refused, unknown, passedOver } of listings)
    count(run.counts, { files: files.length, refused: refused.length, unknown: unknown.length, ...passedOver });
}

/** A second change in the same tick of the clock leaves no trace; the server's clock may differ from this one. */
function isRacy({ facts }: Listing, at: Date, racyMs: number): boolean {
  const newestMs = Number((facts.mtimeNs > facts.ctimeNs ? facts.mtimeNs : facts.ctimeNs) / 1_000_000n);
  return at.getTime() - newestMs < racyMs;
}

/** True of an unchanged folder that each scan lists because entries of it cannot be looked at. */
function isAsBefore({ listing, mtimeNs, ctimeNs, problem }: Listed, isRacyNow: boolean): boolean {
  if (problem === null || isRacyNow || problem !== problemOf(listing)) return false;
  return String(listing.facts.mtimeNs) === mtimeNs && String(listing.facts.ctimeNs) === ctimeNs;
}

function partlyUnknown(listed: readonly Listed[]): { id: number; problem: string }[] {
  return listed.flatMap(({ id, listing }) => {
    const problem = problemOf(listing);
    return problem === null ? [] : [{ id, problem }];
  });
}

function problemOf({ unknown }: Listing): string | null {
  return unknown.length === 0 ? null : `nothing could be learnt of ${unknown.length} entries`;
}
