import { constants } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { DarkroomError } from '#shared/errors/errors.ts';
import { resolveRange } from './byte-range.ts';
import { toFolderError } from './folder-errors.ts';
import { resolveExisting } from './folder-paths.ts';
import type { ByteRange, StoreKey } from './store.ts';

const chunkBytes = 256 * 1024;

/** Opens a file under its key. The stream reads the file opened now, even if another one replaces it meanwhile. */
export async function readFolderFile(root: string, key: StoreKey, range?: ByteRange): Promise<Readable> {
  const handle = await openInside(root, key);
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new DarkroomError('store/not-found', `${key} is not a file`);
    const { start, end } = range ? resolveRange(range, facts.size) : { start: 0, end: facts.size - 1 };
    return streamFile(handle, key, start, end);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Opens a file under its key for reading, unless it lies behind a symbolic link.
 * @throws store/not-found, or an error of the operating system
 */
export async function openInside(root: string, key: StoreKey): Promise<FileHandle> {
  const path = await resolveExisting(root, key);
  // O_NONBLOCK: opening a named pipe in the tree must not hang.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  // A folder of the path may have been replaced by a link since it was checked: compare with what the kernel opened.
  const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => path);
  if (opened !== path && opened !== `${path} (deleted)`) {
    await handle.close();
    throw new DarkroomError('store/not-found', `${key} is behind a symbolic link`);
  }
  return handle;
}

function streamFile(handle: FileHandle, key: StoreKey, start: number, end: number): Readable {
  let position = start;
  const readNext = async (): Promise<Buffer | null> => {
    if (position > end) return null;
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, end - position + 1));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new DarkroomError('store/unavailable', `${key} became shorter while it was read`);
    position += bytesRead;
    return buffer.subarray(0, bytesRead);
  };
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      readNext().then(
        (chunk) => this.push(chunk),
        (error: unknown) => this.destroy(toFolderError(error, key)),
      );
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        () => done(error),
      );
    },
  });
}
