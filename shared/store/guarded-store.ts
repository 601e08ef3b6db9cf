import type { Readable } from 'node:stream';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { ByteRange, LocalFile, Store, ObjectInfo, StoreKey, StoreWriter } from './store.ts';

/**
 * Checks that the store is the one that belongs to the database. `reading` accepts a check made some seconds ago;
 * `deciding` needs a more recent one, because an object is about to be written or to be reported as missing.
 */
export interface StoreGuard {
  /** @throws store/unavailable */
  require(need: 'reading' | 'deciding'): Promise<void>;
}

/**
 * A store that is used only while it is the one that belongs to the database. An object that is not found may be
 * missing only because another store is mounted: before each such answer the marker is checked again. An object is
 * committed only if the marker is present before and after the commit.
 */
export function withGuard(store: Store, guard: StoreGuard): Store {
  return new GuardedStore(store, guard);
}

class GuardedStore implements Store {
  readonly kind: Store['kind'];
  private readonly store: Store;
  private readonly guard: StoreGuard;

  constructor(store: Store, guard: StoreGuard) {
    this.kind = store.kind;
    this.store = store;
    this.guard = guard;
  }

  async createWriter(key: StoreKey): Promise<StoreWriter> {
    await this.guard.require('deciding');
    return new GuardedWriter(await this.store.createWriter(key), this.guard);
  }

  async put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    await this.guard.require('deciding');
    await this.store.put(key, bytes);
    await this.guard.require('deciding');
  }

  async read(key: StoreKey, range?: ByteRange): Promise<Readable> {
    return await this.whileThere(async () => await this.store.read(key, range));
  }

  async find(key: StoreKey): Promise<ObjectInfo | undefined> {
    await this.guard.require('reading');
    const found = await this.store.find(key);
    if (found === undefined) await this.guard.require('deciding');
    return found;
  }

  async *list(prefix: string, startAfter?: StoreKey): AsyncGenerator<ObjectInfo> {
    await this.guard.require('deciding');
    yield* this.store.list(prefix, startAfter);
    await this.guard.require('deciding');
  }

  async delete(key: StoreKey): Promise<void> {
    await this.guard.require('deciding');
    await this.store.delete(key);
  }

  async deleteVersion(key: StoreKey, version: string): Promise<boolean> {
    await this.guard.require('deciding');
    return await this.store.deleteVersion(key, version);
  }

  async removeUnfinished(before: Date): Promise<number> {
    await this.guard.require('deciding');
    return await this.store.removeUnfinished(before);
  }

  async toLocalFile(key: StoreKey): Promise<LocalFile> {
    return await this.whileThere(async () => await this.store.toLocalFile(key));
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.store[Symbol.asyncDispose]();
  }

  private async whileThere<Result>(ask: () => Promise<Result>): Promise<Result> {
    await this.guard.require('reading');
    try {
      return await ask();
    } catch (error) {
      if (isDarkroomError(error, 'store/not-found')) await this.guard.require('deciding');
      throw error;
    }
  }
}

class GuardedWriter implements StoreWriter {
  private readonly writer: StoreWriter;
  private readonly guard: StoreGuard;

  constructor(writer: StoreWriter, guard: StoreGuard) {
    this.writer = writer;
    this.guard = guard;
  }

  get stream() {
    return this.writer.stream;
  }

  async commit(): Promise<void> {
    await this.guard.require('deciding');
    await this.writer.commit();
    await this.guard.require('deciding');
  }

  async abort(): Promise<void> {
    await this.writer.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer[Symbol.asyncDispose]();
  }
}
