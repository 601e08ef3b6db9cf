import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DarkroomError } from '#shared/errors/errors.ts';
import { isSystemError, toFolderError } from './folder-errors.ts';
import { ensureFolder, syncFolder } from './folder-paths.ts';
import { incomingFolder } from './store-key.ts';
import type { StoreKey, StoreWriter } from './store.ts';

/** Bytes a writer buffers before its source has to wait. */
const highWaterMark = 256 * 1024;

/** Creates a temporary file in `.incoming`, which is on the same file system as the final path of `key`. */
export async function createFolderWriter(root: string, key: StoreKey): Promise<FolderWriter> {
  const folder = join(root, incomingFolder);
  const path = join(folder, incomingPrefix(key) + randomBytes(8).toString('hex'));
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    const handle = await open(path, flags, 0o640).catch(async (error: unknown) => {
      if (!isSystemError(error, 'ENOENT')) throw error;
      await ensureFolder(root, folder);
      return await open(path, flags, 0o640);
    });
    return new FolderWriter(root, key, path, handle);
  } catch (error) {
    throw toFolderError(error, key);
  }
}

/** Removes the temporary files of this key, those of running writers included. */
export async function removeIncoming(root: string, key: StoreKey): Promise<void> {
  for (const path of await listIncoming(root)) {
    if (basename(path).startsWith(incomingPrefix(key))) await unlinkIfThere(path);
  }
}

/** Removes the temporary files of all keys that were not written to since `before`. */
export async function removeUnfinished(root: string, before: Date): Promise<number> {
  let removed = 0;
  for (const path of await listIncoming(root)) {
    const facts = await lstat(path).catch(() => undefined);
    if (facts === undefined || facts.mtime >= before) continue;
    await unlinkIfThere(path);
    removed += 1;
  }
  return removed;
}

async function listIncoming(root: string): Promise<string[]> {
  const folder = join(root, incomingFolder);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw toFolderError(error, incomingFolder);
  });
  return names.map((name) => join(folder, name));
}

/** Removes a file; does nothing where there is none. */
export async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error;
  });
}

function incomingPrefix(key: StoreKey): string {
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.`;
}

export class FolderWriter implements StoreWriter {
  readonly stream: Writable;
  private readonly root: string;
  private readonly key: StoreKey;
  private readonly temporaryPath: string;
  private readonly handle: FileHandle;
  private state: 'open' | 'committed' | 'aborted' = 'open';

  constructor(root: string, key: StoreKey, temporaryPath: string, handle: FileHandle) {
    this.root = root;
    this.key = key;
    this.temporaryPath = temporaryPath;
    this.handle = handle;
    const write = (buffers: Uint8Array[], done: (error?: Error | null) => void) => {
      writeAll(handle, buffers).then(
        () => done(),
        (error: unknown) => done(toFolderError(error, key)),
      );
    };
    this.stream = new Writable({
      highWaterMark,
      write: (chunk: Uint8Array, _encoding, done) => write([chunk], done),
      writev: (chunks, done) =>
        write(
          chunks.map((item) => item.chunk as Uint8Array),
          done,
        ),
    });
    // The stream's consumer and `commit` get the error; without a listener it would end the process.
    this.stream.on('error', () => {});
  }

  async commit(): Promise<void> {
    if (this.state !== 'open') throw new DarkroomError('resource/conflict', `${this.key} was ${this.state} already`);
    try {
      if (!this.stream.writableEnded && !this.stream.destroyed) this.stream.end();
      await finished(this.stream);
      await this.handle.sync();
      await this.handle.close();
      await this.moveIntoPlace();
      this.state = 'committed';
    } catch (error) {
      await this.abort();
      throw toFolderError(error, this.key);
    }
  }

  private async moveIntoPlace(): Promise<void> {
    const path = join(this.root, this.key);
    await ensureFolder(this.root, dirname(path));
    try {
      await rename(this.temporaryPath, path);
    } catch (error) {
      if (!isSystemError(error, 'ENOENT')) throw error;
      throw new DarkroomError('resource/conflict', `${this.key} was deleted while it was written`, { cause: error });
    }
    await syncFolder(dirname(path));
  }

  async abort(): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'aborted';
    this.stream.destroy();
    await this.handle.close().catch(() => {});
    // A temporary file that cannot be removed now is removed by the next `delete` of the key.
    await unlinkIfThere(this.temporaryPath).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }
}

async function writeAll(handle: FileHandle, buffers: Uint8Array[]): Promise<void> {
  let left = buffers;
  while (left.length > 0) {
    const { bytesWritten } = await handle.writev(left);
    left = dropBytes(left, bytesWritten);
  }
}

function dropBytes(buffers: Uint8Array[], count: number): Uint8Array[] {
  let skip = count;
  const rest: Uint8Array[] = [];
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length;
    else {
      rest.push(skip === 0 ? buffer : buffer.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}
