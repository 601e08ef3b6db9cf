import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { CopyBudget } from './copy-budget.ts';
import { copyObject } from './copy-object.ts';
import { MinioBucket, type MinioOptions } from './minio-bucket.ts';
import { toMinioError } from './minio-errors.ts';
import { listBucket } from './minio-listing.ts';
import { removeObjectVersion } from './minio-removal.ts';
import { MinioWriter } from './minio-writer.ts';
import { resolveRange } from './byte-range.ts';
import { parseStoreKey } from './store-key.ts';
import type { ByteRange, LocalFile, PickRanges, PrimaryStore, ObjectInfo, StoreKey, StoreWriter } from './store.ts';

export type { MinioOptions } from './minio-bucket.ts';

const usualCopyBytes = 2 ** 30;

/**
 * A store in a bucket of MinIO or any S3. Sends no request before the first use, so that a process can start while the
 * store is down.
 */
export async function openMinioStore(
  options: MinioOptions,
  copies = new CopyBudget(usualCopyBytes),
): Promise<PrimaryStore> {
  return new MinioStore(new MinioBucket(options), copies);
}

class MinioStore implements PrimaryStore {
  readonly kind = 'minio';
  private readonly bucket: MinioBucket;
  private readonly copies: CopyBudget;

  constructor(bucket: MinioBucket, copies: CopyBudget) {
    this.bucket = bucket;
    this.copies = copies;
  }

  get label(): string {
    return `The bucket ${this.bucket.name}`;
  }

  async exists(): Promise<boolean> {
    return await this.bucket.exists();
  }

  async prepare(): Promise<void> {
    await this.bucket.make();
  }

  /** A bucket has no such property. */
  async readPlace(): Promise<undefined> {}

  async createWriter(key: StoreKey): Promise<StoreWriter> {
    return new MinioWriter(this.bucket, parseStoreKey(key));
  }

  async put(key: StoreKey, bytes: Uint8Array): Promise<void> {
    await using writer = await this.createWriter(key);
    writer.stream.end(bytes);
    await writer.commit();
  }

  async read(key: StoreKey, range?: ByteRange): Promise<Readable> {
    parseStoreKey(key);
    if (range) resolveRange(range, Number.MAX_SAFE_INTEGER);
    const { start, end } = range ?? { start: 0, end: -1 };
    const body = await this.bucket.run(
      key,
      async (client) => await client.getPartialObject(this.bucket.name, key, start, end - start + 1),
    );
    return Readable.from(translateErrors(body, key), { objectMode: false, highWaterMark: 256 * 1024 });
  }

  async find(key: StoreKey): Promise<ObjectInfo | undefined> {
    parseStoreKey(key);
    try {
      const facts = await this.bucket.run(key, async (client) => await client.statObject(this.bucket.name, key));
      return { key, sizeBytes: facts.size, modifiedAt: facts.lastModified, version: facts.etag };
    } catch (error) {
      if (isDarkroomError(error, 'store/not-found')) return undefined;
      throw error;
    }
  }

  list(prefix: string, startAfter: StoreKey = ''): AsyncIterable<ObjectInfo> {
    return listBucket(this.bucket, prefix, startAfter);
  }

  async delete(key: StoreKey): Promise<void> {
    parseStoreKey(key);
    await this.bucket.run(key, async (client) => await client.removeObject(this.bucket.name, key));
    for (;;) {
      const uploadId = await this.bucket.run(key, async (client) => await client.findUploadId(this.bucket.name, key));
      if (uploadId === undefined) return;
      await this.bucket
        .run(key, async (client) => await client.abortMultipartUpload(this.bucket.name, key, uploadId))
        .catch((error: unknown) => {
          if (!isDarkroomError(error, 'resource/conflict')) throw error;
        });
    }
  }

  async deleteVersion(key: StoreKey, version: string): Promise<boolean> {
    return await removeObjectVersion(this.bucket, parseStoreKey(key), version);
  }

  /**
   * Removes nothing: a small object is one request, and a multipart upload is aborted by `delete` of its key or expires
   * at the server.
   */
  async removeUnfinished(): Promise<number> {
    return 0;
  }

  async toLocalFile(key: StoreKey, pickRanges?: PickRanges): Promise<LocalFile> {
    const object = await this.find(key);
    if (object === undefined) throw new DarkroomError('store/not-found', `There is no object ${key}`);
    const { sizeBytes } = object;
    const picked = await pickRanges?.({ sizeBytes, read: async (range) => await buffer(await this.read(key, range)) });
    const ranges = picked ?? (sizeBytes === 0 ? [] : [{ start: 0, end: sizeBytes - 1 }]);
    const copiedBytes = ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0);
    const giveBack = await this.copies.take(copiedBytes, key);
    return await copyObject(sizeBytes, ranges, (range) => this.read(key, range), giveBack);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.bucket.close();
  }
}

async function* translateErrors(body: Readable, key: StoreKey): AsyncGenerator<Buffer> {
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    throw toMinioError(error, key);
  }
}
