import type { Readable } from 'node:stream';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ExternalFolders } from './external-folders.ts';
import { isBucketLocation, isExternalLocation } from './location.ts';
import type { ByteRange, LocalFile, PickRanges, Store, ObjectInfo, StoreKey, StoreWriter } from './store.ts';

/**
 * The store, extended by files outside of it under their absolute paths. Those are only read: writing one throws
 * `store/read-only`, and deleting one does nothing, so that Darkroom never removes a file it did not write.
 */
export function withExternalFolders(store: Store, external: ExternalFolders): Store {
  return new StoreWithExternal(store, external);
}

class StoreWithExternal implements Store {
  readonly kind: Store['kind'];
  private readonly store: Store;
  private readonly external: ExternalFolders;

  constructor(store: Store, external: ExternalFolders) {
    this.kind = store.kind;
    this.store = store;
    this.external = external;
  }

  async createWriter(key: StoreKey): Promise<StoreWriter> {
    refuseExternal(key);
    return this.store.createWriter(key);
  }

  async put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    refuseExternal(key);
    await this.store.put(key, bytes);
  }

  async read(location: string, range?: ByteRange): Promise<Readable> {
    return await this.holderOf(location).read(location, range);
  }

  async find(location: string): Promise<ObjectInfo | undefined> {
    return await this.holderOf(location).find(location);
  }

  list(prefix: string, startAfter?: string): AsyncIterable<ObjectInfo> {
    return this.holderOf(prefix).list(prefix, startAfter);
  }

  async delete(location: string): Promise<void> {
    if (!isExternalLocation(location)) await this.store.delete(location);
  }

  async deleteVersion(location: string, version: string): Promise<boolean> {
    return !isExternalLocation(location) && (await this.store.deleteVersion(location, version));
  }

  removeUnfinished(before: Date): Promise<number> {
    return this.store.removeUnfinished(before);
  }

  async toLocalFile(location: string, pickRanges?: PickRanges): Promise<LocalFile> {
    return await this.holderOf(location).toLocalFile(location, pickRanges);
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.store[Symbol.asyncDispose]();
  }

  private holderOf(location: string): Pick<Store, 'read' | 'find' | 'list' | 'toLocalFile'> {
    // The content of a bucket that is no longer watched is unknown, not missing.
    if (isBucketLocation(location))
      throw new DarkroomError('store/unavailable', `${location} is in a bucket that is not watched`);
    return isExternalLocation(location) ? this.external : this.store;
  }
}

function refuseExternal(key: StoreKey): void {
  if (isExternalLocation(key)) throw new DarkroomError('store/read-only', `${key} is outside of the store`);
}
