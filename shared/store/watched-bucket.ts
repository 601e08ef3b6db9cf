import type { Readable } from 'node:stream';
import type { ByteRange, LocalFile, PickRanges, Store, ObjectInfo, StoreKey, StoreWriter } from './store.ts';

type Reader = Pick<Store, 'read' | 'find' | 'list' | 'toLocalFile'>;

/**
 * The store, extended by the objects of a watched bucket under locations of the form `s3://<bucket>/<key>`, which are
 * only read: writes and deletes go to `store`, which refuses external locations.
 */
export function withWatchedBucket(store: Store, watched: { location: string; bucket: Store }): Store {
  return new StoreWithBucket(store, watched);
}

class StoreWithBucket implements Store {
  readonly kind: Store['kind'];
  private readonly store: Store;
  private readonly bucket: Store;
  private readonly location: string;

  constructor(store: Store, { location, bucket }: { location: string; bucket: Store }) {
    this.kind = store.kind;
    this.store = store;
    this.bucket = bucket;
    this.location = location;
  }

  createWriter(key: StoreKey): Promise<StoreWriter> {
    return this.store.createWriter(key);
  }

  put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    return this.store.put(key, bytes);
  }

  async read(location: string, range?: ByteRange): Promise<Readable> {
    const [reader, key] = this.resolve(location);
    return await reader.read(key, range);
  }

  async find(location: string): Promise<ObjectInfo | undefined> {
    const [reader, key] = this.resolve(location);
    const found = await reader.find(key);
    return found && { ...found, key: location };
  }

  async *list(prefix: string, startAfter = ''): AsyncGenerator<ObjectInfo> {
    const [reader, key] = this.resolve(prefix);
    if (reader === this.store) return yield* reader.list(key, startAfter);
    const after = startAfter.slice(this.location.length);
    for await (const object of reader.list(key, after)) yield { ...object, key: this.location + object.key };
  }

  delete(location: string): Promise<void> {
    return this.store.delete(location);
  }

  deleteVersion(location: string, version: string): Promise<boolean> {
    return this.store.deleteVersion(location, version);
  }

  removeUnfinished(before: Date): Promise<number> {
    return this.store.removeUnfinished(before);
  }

  async toLocalFile(location: string, pickRanges?: PickRanges): Promise<LocalFile> {
    const [reader, key] = this.resolve(location);
    return await reader.toLocalFile(key, pickRanges);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bucket[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }

  private resolve(location: string): [reader: Reader, key: string] {
    return location.startsWith(this.location)
      ? [this.bucket, location.slice(this.location.length)]
      : [this.store, location];
  }
}
