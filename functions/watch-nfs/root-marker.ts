import { closeSync, constants, fsyncSync, lstatSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid, newId } from '#shared/ids/ids.ts';
import { codeOf } from './directory-listing.ts';

/** The file that shows that a folder is the one that was scanned before, and not the empty mount point under it. */
export const markerName = '.darkroom-root';

export type Guard =
  | { outcome: 'same'; marker: string }
  /** Another tree than the known one, or not readable: what is seen there is to be ignored. */
  | { outcome: 'other'; reason: string };

/**
 * Checks that `root` is the tree that `marker` was given to. A tree without a marker yet (null) gets one: a file with a
 * UUID, or, where nothing can be written, the inode of the folder itself.
 */
export function guardRoot(root: string, marker: string | null): Guard {
  try {
    const folder = statSync(root, { bigint: true });
    if (!folder.isDirectory()) return { outcome: 'other', reason: 'it is no folder' };
    const found = readMarker(root);
    if (marker === null) return { outcome: 'same', marker: found ?? createMarker(root) ?? `inode:${folder.ino}` };
    if (marker === (found ?? `inode:${folder.ino}`)) return { outcome: 'same', marker };
    // A tree that was not writable at first may have got a marker since, for example from another Darkroom.
    if (marker === `inode:${folder.ino}`) return { outcome: 'same', marker };
    return {
      outcome: 'other',
      reason: found === undefined ? `${markerName} is not in it` : `${markerName} is another one`,
    };
  } catch (error) {
    return { outcome: 'other', reason: `it cannot be read: ${codeOf(error)}` };
  }
}

function readMarker(root: string): string | undefined {
  let descriptor: number;
  try {
    // O_NONBLOCK: does not wait for a pipe of that name.
    descriptor = openSync(join(root, markerName), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(64);
    const text = buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, 0)).trim();
    return isUuid(text) ? text : 'not a marker';
  } finally {
    closeSync(descriptor);
  }
}

function createMarker(root: string): string | undefined {
  const path = join(root, markerName);
  try {
    const marker = newId();
    const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o644);
    try {
      writeSync(descriptor, `${marker}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return marker;
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT'].includes(codeOf(error)) && !isThere(path)) return undefined;
    throw error;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
