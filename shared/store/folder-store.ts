import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { isSystemError, toFolderError } from './folder-errors.ts';
import { listFolder, toObjectInfo } from './folder-listing.ts';
import { resolveExisting, syncFolder } from './folder-paths.ts';
import { readFolderFile } from './folder-reader.ts';
import { removeFileVersion } from './folder-removal.ts';
import { createFolderWriter, removeIncoming, removeUnfinished, unlinkIfThere } from './folder-writer.ts';
import { parseStoreKey } from './store-key.ts';
import type { ByteRange, LocalFile, PrimaryStore, ObjectInfo, StoreKey, StoreWriter } from './store.ts';

/**
 * A store in a folder on a local disk or an NFS volume. The folder need not exist yet, and is not created. Symbolic
 * links below `root` are never followed; files behind one are neither read nor listed.
 */
export async function openFolderStore(root: string): Promise<PrimaryStore> {
  return new FolderStore(resolve(root));
}

class FolderStore implements PrimaryStore {
  readonly kind = 'folder';
  readonly label: string;
  private realRoot: string | undefined;

  constructor(root: string) {
    this.label = root;
  }

  async exists(): Promise<boolean> {
    try {
      if ((await stat(this.label)).isDirectory()) return true;
      throw new DarkroomError('store/unavailable', `${this.label} is not a folder`);
    } catch (error) {
      if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false;
      throw toFolderError(error, this.label);
    }
  }

  async prepare(): Promise<void> {
    try {
      for (const folder of [this.label, join(this.label, 'library')]) {
        await mkdir(folder).catch((error: unknown) => {
          if (!isSystemError(error, 'EEXIST')) throw error;
        });
        await syncFolder(dirname(folder));
      }
    } catch (error) {
      throw new DarkroomError('store/unavailable', `${this.label} cannot be created`, { cause: error });
    }
  }

  async readPlace(): Promise<string> {
    const { dev, ino } = await stat(this.label, { bigint: true });
    return `${dev}:${ino}`;
  }

  async createWriter(key: StoreKey): Promise<StoreWriter> {
    return await createFolderWriter(await this.getRoot(), parseStoreKey(key));
  }

  async put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    await using writer = await this.createWriter(key);
    writer.stream.end(bytes);
    await writer.commit();
  }

  async read(key: StoreKey, range?: ByteRange): Promise<Readable> {
    return await this.translate(key, async () => await readFolderFile(await this.getRoot(), key, range));
  }

  async find(key: StoreKey): Promise<ObjectInfo | undefined> {
    try {
      return await this.translate(key, async () => {
        const facts = await lstat(await resolveExisting(await this.getRoot(), key), { bigint: true });
        return facts.isFile() ? toObjectInfo(key, facts) : undefined;
      });
    } catch (error) {
      if (isDarkroomError(error, 'store/not-found')) return undefined;
      throw error;
    }
  }

  async *list(prefix: string, startAfter: StoreKey = ''): AsyncGenerator<ObjectInfo> {
    try {
      yield* listFolder(await this.getRoot(), prefix, startAfter);
    } catch (error) {
      throw toFolderError(error, prefix);
    }
  }

  async delete(key: StoreKey): Promise<void> {
    if (await this.find(key)) {
      await this.translate(key, async () => await unlinkIfThere(await resolveExisting(await this.getRoot(), key)));
    }
    await this.translate(key, async () => await removeIncoming(await this.getRoot(), key));
  }

  async deleteVersion(key: StoreKey, version: string): Promise<boolean> {
    return await this.translate(key, async () => await removeFileVersion(await this.getRoot(), key, version));
  }

  async removeUnfinished(before: Date): Promise<number> {
    return removeUnfinished(await this.getRoot(), before);
  }

  async toLocalFile(key: StoreKey): Promise<LocalFile> {
    if (!(await this.find(key))) throw new DarkroomError('store/not-found', `There is no ${key}`);
    const path = await this.translate(key, async () => await resolveExisting(await this.getRoot(), key));
    return { path, [Symbol.asyncDispose]: async () => {} };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  private async getRoot(): Promise<string> {
    if (this.realRoot !== undefined) return this.realRoot;
    if (!(await this.exists())) throw new DarkroomError('store/unavailable', `The folder ${this.label} is not there`);
    return (this.realRoot = await realpath(this.label));
  }

  private async translate<Result>(key: StoreKey, act: () => Promise<Result>): Promise<Result> {
    parseStoreKey(key);
    try {
      return await act();
    } catch (error) {
      throw toFolderError(error, key);
    }
  }
}
