import { dirname } from 'node:path';
import { FileContent } from './disk-file.ts';
import type { DiskFile, DiskOperation } from './recording-files.ts';

export type Random = () => number;

/** Which unsynced operations reached the disk before the power cut. */
export type Unsynced = 'none' | 'all' | 'some' | 'torn';

/** Sectors are written atomically; PostgreSQL relies on that for its control file. */
const sectorBytes = 512;

interface Cut {
  initial: ReadonlyMap<number, DiskFile>;
  /** All operations until the power cut. */
  operations: readonly DiskOperation[];
  unsynced: Unsynced;
  random: Random;
}

/**
 * A possible content of the disk after a power cut, by path. A file's sync covers its content, and its name if the file is
 * new; a folder's sync covers the names in it. Of all other operations any subset may be there, and of a write any sectors.
 */
export function afterPowerCut({ initial, operations, unsynced, random }: Cut): Map<string, Buffer | 'folder'> {
  const isSynced = findSynced(initial, operations);
  const kept = { none: 0, all: 1, some: 0.5, torn: 0.8 }[unsynced];
  const names = new Map([...initial].map(([file, it]) => [it.path, file]));
  const contents = new Map<number, FileContent>();
  const folders = new Set([...initial].filter(([, it]) => it.isFolder).map(([file]) => file));
  const contentOf = (file: number) => {
    const content = contents.get(file) ?? new FileContent(initial.get(file)?.content ?? new Uint8Array());
    contents.set(file, content);
    return content;
  };
  operations.forEach((operation, at) => {
    if (operation.kind === 'create' && operation.isFolder) folders.add(operation.file);
    const isThere = isSynced[at] === true;
    if (!isThere && random() >= kept) return;
    switch (operation.kind) {
      case 'create':
        names.set(operation.path, operation.file);
        break;
      case 'rename':
        if (names.get(operation.from) === operation.file) names.delete(operation.from);
        names.set(operation.to, operation.file);
        break;
      case 'remove':
        if (names.get(operation.path) === operation.file) names.delete(operation.path);
        break;
      case 'write': {
        const isTorn = !isThere && unsynced === 'torn';
        for (const [start, end] of isTorn ? someSectors(operation, random) : [[0, operation.bytes.length] as const])
          contentOf(operation.file).write(operation.position + start, operation.bytes.subarray(start, end));
        break;
      }
      case 'resize':
        contentOf(operation.file).resize(operation.sizeBytes);
        break;
      case 'sync':
    }
  });
  const stateOf = (file: number) =>
    folders.has(file) ? 'folder' : (contents.get(file)?.bytes ?? initial.get(file)?.content ?? Buffer.alloc(0));
  return new Map([...names].map(([path, file]) => [path, stateOf(file)]));
}

/** The parts of a write that reached the disk, as offsets in it. */
function someSectors(
  { position, bytes }: { position: number; bytes: Buffer },
  random: Random,
): (readonly [number, number])[] {
  const parts: (readonly [number, number])[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, (Math.floor((position + start) / sectorBytes) + 1) * sectorBytes - position);
    if (random() < 0.7) parts.push([start, end]);
    start = end;
  }
  return parts;
}

/** For each operation whether a later one synced it to the disk. */
function findSynced(initial: ReadonlyMap<number, DiskFile>, operations: readonly DiskOperation[]): boolean[] {
  const folders = new Map([...initial].filter(([, it]) => it.isFolder).map(([file, it]) => [it.path, file]));
  for (const it of operations) if (it.kind === 'create' && it.isFolder) folders.set(it.path, it.file);
  const folderOf = (path: string) => folders.get(dirname(path) === '.' ? '' : dirname(path));
  const synced = new Set<number | undefined>();
  const covers = (it: DiskOperation) => {
    switch (it.kind) {
      case 'create':
        return synced.has(it.file) || synced.has(folderOf(it.path));
      case 'rename':
        return synced.has(folderOf(it.to));
      case 'remove':
        return synced.has(folderOf(it.path));
      case 'write':
      case 'resize':
        return synced.has(it.file);
      case 'sync':
        return true;
    }
  };
  const isSynced: boolean[] = [];
  for (const [at, it] of [...operations.entries()].toReversed()) {
    if (it.kind === 'sync') synced.add(it.file);
    isSynced[at] = covers(it);
  }
  return isSynced;
}
