import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { isSystemError } from './folder-errors.ts';
import { resolveExisting } from './folder-paths.ts';
import { compareStoreKeys, incomingFolder, isStoreKey, isStorePrefix } from './store-key.ts';
import type { ObjectInfo, StoreKey } from './store.ts';

export function toObjectInfo(key: StoreKey, facts: BigIntStats): ObjectInfo {
  return {
    key,
    sizeBytes: Number(facts.size),
    modifiedAt: new Date(Number(facts.mtimeMs)),
    version: `${facts.mtimeNs.toString(16)}-${facts.size.toString(16)}`,
  };
}

/** Walks a tree in the order of the whole keys' bytes, holding one folder of each depth in memory. */
export async function* listFolder(root: string, prefix: string, startAfter: StoreKey): AsyncGenerator<ObjectInfo> {
  if (!isStorePrefix(prefix)) return;
  const parent = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  yield* walk({ root, prefix, startAfter, folderKey: parent });
}

interface Walk {
  root: string;
  prefix: string;
  startAfter: StoreKey;
  /** Empty, or ends with a slash. */
  folderKey: string;
}

async function* walk({ root, prefix, startAfter, folderKey }: Walk): AsyncGenerator<ObjectInfo> {
  for (const { key, isFolder } of await readFolder(root, folderKey)) {
    if (!key.startsWith(prefix)) continue;
    if (isFolder) {
      if (compareStoreKeys(key, startAfter) < 0 && !startAfter.startsWith(key)) continue;
      yield* walk({ root, prefix, startAfter, folderKey: key });
    } else if (startAfter === '' || compareStoreKeys(key, startAfter) > 0) {
      const facts = await lstat(join(root, key), { bigint: true }).catch(ignoreMissing);
      if (facts?.isFile()) yield toObjectInfo(key, facts);
    }
  }
}

/** Lists files and folders by key. A folder's key ends with a slash, since its content is ordered by that. */
async function readFolder(root: string, folderKey: string): Promise<{ key: string; isFolder: boolean }[]> {
  let entries: Dirent[];
  try {
    const path = folderKey === '' ? root : await resolveExisting(root, folderKey.slice(0, -1));
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    return ignoreMissing(error) ?? [];
  }
  const found: { key: string; isFolder: boolean }[] = [];
  for (const entry of entries) {
    const key = folderKey + entry.name;
    if (key === incomingFolder || !isStoreKey(key)) continue;
    const type = entry.isFile() || entry.isDirectory() ? entry : await findType(join(root, key), entry);
    if (type?.isDirectory()) found.push({ key: `${key}/`, isFolder: true });
    else if (type?.isFile()) found.push({ key, isFolder: false });
  }
  return found
    .map((item) => ({ ...item, bytes: Buffer.from(item.key) }))
    .sort((left, right) => Buffer.compare(left.bytes, right.bytes));
}

/** Some network file systems return no type with a directory entry; then it takes a stat. */
async function findType(path: string, entry: Dirent): Promise<Pick<Dirent, 'isFile' | 'isDirectory'> | undefined> {
  if (entry.isSymbolicLink()) return undefined;
  return await lstat(path).catch(ignoreMissing);
}

/** Files and folders removed during the walk are not listed. */
function ignoreMissing(error: unknown): undefined {
  if (isDarkroomError(error, 'store/not-found') || isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
  throw error;
}
