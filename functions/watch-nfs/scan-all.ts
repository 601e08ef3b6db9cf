import { unlistDirectory } from '#shared/scans/scan-directory.ts';
import { findLatestRun } from '#shared/scans/scan-run.ts';
import { findTrees, folderOfHint, type TreesConfig } from './find-trees.ts';
import type { ScanLimits, ScanPorts } from './scan-ports.ts';
import { scanTree, type WatchedTree } from './scan-tree.ts';

export interface ScanRequest {
  /** Look at every file, not only at folders that changed. */
  isFull: boolean;
  /** Trees with a finished scan that began since then are done. */
  since: Date;
  libraryId?: string | undefined;
  /** Something has changed in this folder: a location or an absolute path. */
  path?: string | undefined;
}

export interface SliceLimits extends ScanLimits {
  sliceMs: number;
}

/** Scans what a request asks for, for the time of one slice. `busy`: another process scans one of the trees. */
export async function scanAll(
  ports: ScanPorts,
  config: TreesConfig,
  request: ScanRequest,
  { sliceMs, ...limits }: SliceLimits,
  signal: AbortSignal,
): Promise<'finished' | 'unfinished' | 'busy'> {
  const endsAtMs = ports.now() + sliceMs;
  let isBusy = false;
  for (const tree of await findTrees(ports.db, config)) {
    if (!(await isAskedFor(ports, tree, request))) continue;
    if (signal.aborted || ports.now() >= endsAtMs) return 'unfinished';
    const kind = request.isFull ? 'full' : 'incremental';
    const requestedAt = isRequest(request) ? request.since : undefined;
    const outcome = await scanTree(ports, tree, { kind, requestedAt, limits, endsAtMs, signal });
    if (outcome === 'unfinished') return 'unfinished';
    isBusy ||= outcome === 'busy';
  }
  return isBusy ? 'busy' : 'finished';
}

/** True if the scan of a whole library was requested, and its result is waited for. */
export function isRequest({ libraryId, path }: ScanRequest): boolean {
  return libraryId !== undefined && path === undefined;
}

async function isAskedFor({ db }: ScanPorts, tree: WatchedTree, request: ScanRequest): Promise<boolean> {
  const { root } = tree;
  if (request.libraryId !== undefined && root.libraryId !== request.libraryId) return false;
  if (request.path !== undefined) {
    const folder = folderOfHint(tree, request.path);
    if (folder === undefined) return false;
    await unlistDirectory(db, root.id, folder);
    return true;
  }
  const latest = await findLatestRun(db, root.id);
  const isDone = latest?.finishedAt != null && latest.outcome === 'finished' && latest.startedAt >= request.since;
  return !(isDone && (latest.kind === 'full' || !request.isFull));
}
