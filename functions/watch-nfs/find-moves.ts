import type { ScanFile } from '#shared/scans/scan-file.ts';
import { listMoveCandidates, type MoveCandidate } from '#shared/scans/scan-move.ts';
import { findOwnerOfFolder, ownerFolderOf } from '#shared/users/owner-folder.ts';
import { below, isOver, type Scan } from './scan.ts';

/** A file that may be reported, and its folder below the tree. */
export interface Settled {
  file: ScanFile;
  folder: string;
}

/** A file with the bytes of an asset's original at `from`, where no file is now. */
export interface Move extends Settled {
  from: MoveCandidate;
  /** SHA-1 in hex. */
  checksum: string;
}

export interface FoundMoves {
  moves: Move[];
  /** Files that are left for a later step to hash. */
  postponed: ScanFile[];
}

const hashedBytesMax = 2 ** 31;

/**
 * Finds those of `settled` that were elsewhere before: an asset's file of the same size and checksum is missing. Inode
 * and name only decide between several such files.
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
      if (!(await isMine(below(folder, file.name), from.ownerId))) continue;
      const [state] = await walker.ask({ kind: 'find', paths: [from.path] });
      if (state !== 'gone') continue;
      bySize.splice(bySize.indexOf(from), 1);
      found.moves.push({ file, folder, from, checksum });
      break;
    }
  }
  return found;
}

/**
 * Checks whether a path below the tree belongs to a user: in a library, to its owner; elsewhere, to the user that the
 * first folder names.
 */
export function createOwnerCheck({ ports, root }: Pick<Scan, 'ports' | 'root'>) {
  const owners = new Map<string, string | undefined>();
  return async (path: string, ownerId: string): Promise<boolean> => {
    if (root.libraryId !== null) return true;
    const folder = ownerFolderOf(path);
    if (folder === null) return false;
    if (!owners.has(folder)) owners.set(folder, (await findOwnerOfFolder(ports.db, folder))?.id);
    return owners.get(folder) === ownerId;
  };
}
