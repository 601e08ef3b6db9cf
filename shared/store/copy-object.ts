import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toFolderError } from './folder-errors.ts';
import type { ByteRange, LocalFile } from './store.ts';

/**
 * Copies an object of `sizeBytes` into a temporary file that exists until the result is disposed. Ranges that are not
 * copied are holes: they read as zeros and take no space on the disk.
 */
export async function copyObject(
  sizeBytes: number,
  ranges: readonly ByteRange[],
  read: (range: ByteRange) => Promise<Readable>,
  onEnd: () => void,
): Promise<LocalFile> {
  let folder: string | undefined;
  const dispose = async () => {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    onEnd();
  };
  try {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-object-'));
    const path = join(folder, 'object');
    await using file = await open(path, 'wx', 0o600);
    await file.truncate(sizeBytes);
    for (const range of ranges)
      await pipeline(await read(range), createWriteStream(path, { flags: 'r+', start: range.start }));
    return { path, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw toFolderError(error, 'the copy of an object');
  }
}
