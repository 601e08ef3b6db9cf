import { lstat, mkdir, realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { toFolderError } from './folder-errors.ts';
import { listFolder, toStoredObject } from './folder-listing.ts';
import { resolveExisting } from './folder-paths.ts';
import { readFolderFile } from './folder-reader.ts';
import { removeFileVersion } from './folder-removal.ts';
import { createFolderWriter, removeIncoming, removeUnfinished, unlinkIfThere } from './folder-writer.ts';
import { parseStoreKey } from './store-key.ts';
import type { ByteRange, LocalFile, Store, StoredObject, StoreKey, StoreWriter } from './store.ts';

/**
 * A store in a folder: a local disk, an NFS volume. Makes the folder if it is not there.
 * No symbolic link below `root` is ever followed; objects behind one are neither read nor listed.
 * @throws store/unavailable
 */
export async function openFolderStore(root: string): Promise<Store> {
  try {
    await mkdir(root, { recursive: true });
    return new FolderStore(await realpath(root));
  } catch (error) {
    throw new DarkroomError('store/unavailable', `${root} cannot be used as a folder`, { cause: error });
  }
}

class FolderStore implements Store {
  readonly kind = 'folder';
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  async createWriter(key: StoreKey): Promise<StoreWriter> {
    return await createFolderWriter(this.root, parseStoreKey(key));
  }

  async put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    await using writer = await this.createWriter(key);
    writer.stream.end(bytes);
    await writer.commit();
  }

  async read(key: StoreKey, range?: ByteRange): Promise<Readable> {
    return await this.translate(key, async () => await readFolderFile(this.root, key, range));
  }

  async find(key: StoreKey): Promise<StoredObject | undefined> {
    try {
      return await this.translate(key, async () => {
        const facts = await lstat(await resolveExisting(this.root, key), { bigint: true });
        return facts.isFile() ? toStoredObject(key, facts) : undefined;
      });
    } catch (error) {
      if (isDarkroomError(error, 'store/not-found')) return undefined;
      throw error;
    }
  }

  async *list(prefix: string, startAfter: StoreKey = ''): AsyncGenerator<StoredObject> {
    try {
      yield* listFolder(this.root, prefix, startAfter);
    } catch (error) {
      throw toFolderError(error, prefix);
    }
  }

  async delete(key: StoreKey): Promise<void> {
    if (await this.find(key)) {
      await this.translate(key, async () => await unlinkIfThere(await resolveExisting(this.root, key)));
    }
    await this.translate(key, async () => await removeIncoming(this.root, key));
  }

  async deleteVersion(key: StoreKey, etag: string): Promise<boolean> {
    return await this.translate(key, async () => await removeFileVersion(this.root, key, etag));
  }

  async removeUnfinished(before: Date): Promise<number> {
    return removeUnfinished(this.root, before);
  }

  async toLocalFile(key: StoreKey): Promise<LocalFile> {
    if (!(await this.find(key))) throw new DarkroomError('store/not-found', `There is no ${key}`);
    const path = await this.translate(key, async () => await resolveExisting(this.root, key));
    return { path, [Symbol.asyncDispose]: async () => {} };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private async translate<Result>(key: StoreKey, act: () => Promise<Result>): Promise<Result> {
    parseStoreKey(key);
    try {
      return await act();
    } catch (error) {
      throw toFolderError(error, key);
    }
  }
}
