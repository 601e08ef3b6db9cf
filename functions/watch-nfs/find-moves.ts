import type { Tx } from '#shared/db/db.ts';
import { deleteScanFiles, type ScanFile } from '#shared/db/queries/scan-file.ts';
import { listMoveCandidates, moveAsset, type MoveCandidate } from '#shared/db/queries/scan-move.ts';
import { findOwnerOfFolder } from '#shared/db/queries/owner-folder.ts';
import { below, isOver, locationOf, type Scan } from './scan.ts';

/** A file that may be reported, and its folder below the tree. */
export interface Settled {
  file: ScanFile;
  folder: string;
}

export interface Move extends Settled {
  from: MoveCandidate;
}

export interface FoundMoves {
  moves: Move[];
  /** There was no time to look at these. */
  postponed: ScanFile[];
}

const hashedBytesMax = 2 ** 31;

/**
 * Finds those of `settled` that were elsewhere before: an asset's file of the same size is missing, and the new one has
 * its checksum. Its inode and name only decide between several.
 */
export async function findMoves(scan: Scan, settled: readonly Settled[]): Promise<FoundMoves> {
  const found: FoundMoves = { moves: [], postponed: [] };
  const { ports, root, walker } = scan;
  const candidates = await listMoveCandidates(
    ports.db,
    root.libraryId,
    settled.map(({ file }) => file.sizeBytes),
  );
  const left = Map.groupBy(candidates, (it) => it.sizeBytes);
  const isMine = createOwnerCheck(scan);
  let hashedBytes = 0;
  for (const { file, folder } of settled) {
    const bySize = left.get(file.sizeBytes) ?? [];
    if (bySize.length === 0) continue;
    if (hashedBytes > 0 && (hashedBytes + file.sizeBytes > hashedBytesMax || isOver(scan))) {
      found.postponed.push(file);
      continue;
    }
    hashedBytes += file.sizeBytes;
    const checksum = await walker.ask({ kind: 'hash', path: below(folder, file.name), version: file.version });
    if (checksum === undefined) continue;
    const rank = (it: MoveCandidate) => (it.inode === file.inode ? 2 : 0) + (it.name === file.name ? 1 : 0);
    const same = bySize.filter((it) => it.checksum.toString('hex') === checksum).toSorted((a, b) => rank(b) - rank(a));
    for (const from of same) {
      if (!(await isMine(folder, file.name, from.ownerId))) continue;
      const [state] = await walker.ask({ kind: 'find', paths: [from.path] });
      if (state !== 'gone') continue;
      bySize.splice(bySize.indexOf(from), 1);
      found.moves.push({ file, folder, from });
      break;
    }
  }
  return found;
}

/** In a library all is its owner's; elsewhere the first folder says whose it is. */
function createOwnerCheck({ ports, root }: Scan) {
  const owners = new Map<string, string | undefined>();
  return async (folder: string, name: string, ownerId: string) => {
    if (root.libraryId !== null) return true;
    const label = ownerFolderOf(below(folder, name));
    if (!owners.has(label)) owners.set(label, (await findOwnerOfFolder(ports.db, label))?.id);
    return owners.get(label) === ownerId;
  };
}

function ownerFolderOf(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')));
}

/** Moves the assets, and returns the files whose asset is theirs now; the others are files like any new one. */
export async function applyMoves(tx: Tx, { root }: Scan, moves: readonly Move[]): Promise<Set<ScanFile>> {
  const moved = new Set<ScanFile>();
  for (const { file, folder, from } of moves) {
    const isMoved = await moveAsset(tx, {
      assetId: from.assetId,
      from: { store: from.store, key: from.key },
      to: { store: root.store, key: locationOf(root, folder, file.name) },
      version: file.version,
      fileName: file.name,
    });
    if (!isMoved) continue;
    await deleteScanFiles(tx, [from]);
    moved.add(file);
  }
  return moved;
}
