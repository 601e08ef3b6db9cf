import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { toFolderError } from './folder-errors.ts';
import { MinioBucket, type MinioOptions } from './minio-bucket.ts';
import { toMinioError } from './minio-errors.ts';
import { listBucket } from './minio-listing.ts';
import { removeObjectVersion } from './minio-removal.ts';
import { MinioWriter } from './minio-writer.ts';
import { resolveRange } from './byte-range.ts';
import { parseStoreKey } from './store-key.ts';
import type { ByteRange, LocalFile, Store, StoredObject, StoreKey, StoreWriter } from './store.ts';

export type { MinioOptions } from './minio-bucket.ts';

/**
 * A store in a bucket of MinIO or any S3. Asks the server for nothing before the first use, so that a process can
 * start while the store is away.
 */
export async function openMinioStore(options: MinioOptions): Promise<Store> {
  return new MinioStore(new MinioBucket(options));
}

class MinioStore implements Store {
  readonly kind = 'minio';
  private readonly bucket: MinioBucket;

  constructor(bucket: MinioBucket) {
    this.bucket = bucket;
  }

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

  async find(key: StoreKey): Promise<StoredObject | undefined> {
    parseStoreKey(key);
    try {
      const facts = await this.bucket.run(key, async (client) => await client.statObject(this.bucket.name, key));
      return { key, sizeBytes: facts.size, modifiedAt: facts.lastModified, etag: facts.etag };
    } catch (error) {
      if (isDarkroomError(error, 'store/not-found')) return undefined;
      throw error;
    }
  }

  list(prefix: string, startAfter: StoreKey = ''): AsyncIterable<StoredObject> {
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

  async deleteVersion(key: StoreKey, etag: string): Promise<boolean> {
    return await removeObjectVersion(this.bucket, parseStoreKey(key), etag);
  }

  /** None: a small object is one request, and an upload in parts is ended by `delete` of its key or expires at the server. */
  async removeUnfinished(): Promise<number> {
    return 0;
  }

  async toLocalFile(key: StoreKey): Promise<LocalFile> {
    const body = await this.read(key);
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-object-'));
    const dispose = async () => await rm(folder, { recursive: true, force: true });
    const path = join(folder, 'object');
    try {
      await pipeline(body, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      await dispose();
      throw toFolderError(error, path);
    }
    return { path, [Symbol.asyncDispose]: dispose };
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
