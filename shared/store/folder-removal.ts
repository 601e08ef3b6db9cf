import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, readdir, rename } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { isSystemError } from './folder-errors.ts';
import { toObjectInfo } from './folder-listing.ts';
import { resolveExisting, syncFolder } from './folder-paths.ts';
import { unlinkIfThere } from './folder-writer.ts';
import type { StoreKey } from './store.ts';

/**
 * Removes the file under a key if it has this version. The file is renamed before its version is compared, since another file
 * may be created under the key at any moment; a file with another version is renamed back. A file left renamed by a
 * process that died is handled by the next call for the key.
 */
export async function removeFileVersion(root: string, key: StoreKey, version: string): Promise<boolean> {
  const path = join(root, key);
  if ((await findVersion(root, key)) !== version) return (await settleLeftOver(path, key, version)) === 'removed';
  const aside = join(dirname(path), asideName(path));
  try {
    await rename(path, aside);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
  return (await settleAside(aside, path, key, version)) === 'removed';
}

async function findVersion(root: string, key: StoreKey): Promise<string | undefined> {
  try {
    const facts = await lstat(await resolveExisting(root, key), { bigint: true });
    return facts.isFile() ? toObjectInfo(key, facts).version : undefined;
  } catch (error) {
    if (isDarkroomError(error, 'store/not-found') || isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

type Settled = 'removed' | 'put-back' | 'none';

/** Watchers ignore names that begin with a dot, so the renamed file is not reported as a photo. */
function asidePrefix(path: string): string {
  return `.darkroom-removing.${createHash('sha256').update(basename(path)).digest('hex').slice(0, 16)}.`;
}

function asideName(path: string): string {
  return asidePrefix(path) + randomBytes(8).toString('hex');
}

async function settleLeftOver(path: string, key: StoreKey, version: string): Promise<Settled> {
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  });
  let settled: Settled = 'none';
  for (const name of names.filter((it) => it.startsWith(asidePrefix(path)))) {
    const outcome = await settleAside(join(dirname(path), name), path, key, version);
    if (settled !== 'removed') settled = outcome;
  }
  return settled;
}

async function settleAside(aside: string, path: string, key: StoreKey, version: string): Promise<Settled> {
  const facts = await lstat(aside, { bigint: true }).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error;
  });
  if (facts === undefined) return 'none';
  if (facts.isFile() && toObjectInfo(key, facts).version === version) {
    await unlinkIfThere(aside);
    await syncFolder(dirname(path));
    return 'removed';
  }
  await putBack(aside, path);
  return 'put-back';
}

/** Restores the file's name, or uses a numbered one if another file has taken it. */
async function putBack(aside: string, path: string): Promise<void> {
  for (let n = 0; ; n += 1) {
    const free = n === 0 ? path : `${path.slice(0, path.length - extname(path).length)} (${n})${extname(path)}`;
    try {
      await linkOrCopy(aside, free);
      break;
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
  }
  await syncFolder(dirname(path));
  await unlinkIfThere(aside);
}

/** Never replaces a file. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // The file system has no hard links: exFAT, some network shares.
    if (!isSystemError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}
