import { mkdir, open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DarkroomError } from '#shared/errors/errors.ts';
import { isSystemError } from './folder-errors.ts';

/**
 * The path of an existing file or folder under `root` (itself a real path). Symbolic links below the root are not
 * followed: their targets count as not found.
 * @throws store/not-found, or an error of the operating system
 */
export async function resolveExisting(root: string, key: string): Promise<string> {
  const path = join(root, key);
  const real = await realpath(path).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error;
    throw new DarkroomError('store/not-found', `There is no ${key}`, { cause: error });
  });
  if (real !== path) throw new DarkroomError('store/not-found', `${key} is behind a symbolic link`);
  return path;
}

/**
 * Creates `folder` and its parents durably (they survive a power cut), but never `root`.
 * @throws store/unavailable if `root` is missing
 */
export async function ensureFolder(root: string, folder: string): Promise<void> {
  if (await isRealFolder(folder)) return;
  if (folder === root) throw new DarkroomError('store/unavailable', `The folder ${root} is not there`);
  await ensureFolder(root, dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    if (!isSystemError(error, 'EEXIST') || !(await isRealFolder(folder))) throw error;
  }
  await syncFolder(dirname(folder));
}

async function isRealFolder(folder: string): Promise<boolean> {
  try {
    if ((await realpath(folder)) === folder) return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
  throw new DarkroomError('store/invalid-key', `${folder} is behind a symbolic link`);
}

/** Makes the entries of a folder durable, where the file system supports fsync of folders. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!isSystemError(error, 'EINVAL', 'ENOTSUP', 'EISDIR')) throw error;
  } finally {
    await handle.close();
  }
}
