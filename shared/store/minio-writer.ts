import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import type { MinioBucket } from './minio-bucket.ts';
import { toMinioError } from './minio-errors.ts';
import { PartBuffer } from './part-buffer.ts';
import type { StoreKey, StoreWriter } from './store.ts';

const mebibyte = 1024 * 1024;
/**
 * S3 accepts 10,000 parts of at least 5 MiB. The first half of the parts has that size, to save memory in concurrent
 * uploads; with the larger second half an object may have 190 GB.
 */
const maxParts = 10_000;
const partBytes = (part: number) => (part <= maxParts / 2 ? 5 : 32) * mebibyte;

/**
 * Uploads an object of unknown length in bounded memory: one part is sent while the next one fills. An object smaller
 * than one part is sent by `commit`; a larger one is a multipart upload, which becomes visible when `commit` completes
 * it.
 */
export class MinioWriter implements StoreWriter {
  readonly stream: Writable;
  private readonly bucket: MinioBucket;
  private readonly key: StoreKey;
  private buffer = new PartBuffer(partBytes(1));
  private spare: PartBuffer | undefined;
  private uploadId: string | undefined;
  private readonly parts: { part: number; etag: string }[] = [];
  private partsBegun = 0;
  private onItsWay: Promise<void> = Promise.resolve();
  private state: 'open' | 'committed' | 'aborted' = 'open';

  constructor(bucket: MinioBucket, key: StoreKey) {
    this.bucket = bucket;
    this.key = key;
    const settle = (work: Promise<void>, done: (error?: Error | null) => void) => {
      work.then(
        () => done(),
        (error: unknown) => done(toMinioError(error, key)),
      );
    };
    this.stream = new Writable({
      highWaterMark: mebibyte,
      write: (chunk: Uint8Array, _encoding, done) => settle(this.take(chunk), done),
      final: (done) => settle(this.onItsWay, done),
    });
    // The stream's consumer and `commit` get the error; without a listener it would end the process.
    this.stream.on('error', () => {});
  }

  async commit(): Promise<void> {
    if (this.state !== 'open') throw new DarkroomError('resource/conflict', `${this.key} was ${this.state} already`);
    try {
      if (!this.stream.writableEnded && !this.stream.destroyed) this.stream.end();
      await finished(this.stream);
      if (this.partsBegun === 0) await this.putWhole();
      else await this.complete();
      this.state = 'committed';
    } catch (error) {
      await this.abort();
      throw toMinioError(error, this.key);
    }
  }

  async abort(): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'aborted';
    this.stream.destroy();
    await this.onItsWay.catch(() => {});
    const uploadId = this.uploadId;
    if (uploadId === undefined) return;
    // Parts that cannot be removed now are removed by the next `delete` of the key.
    await this.bucket
      .run(this.key, async (client) => await client.abortMultipartUpload(this.bucket.name, this.key, uploadId))
      .catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.abort();
  }

  private async take(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      rest = this.buffer.add(rest);
      if (this.buffer.isFull) await this.sendPart();
    }
  }

  /** Starts to send the full buffer once the previous part is stored. */
  private async sendPart(): Promise<void> {
    await this.onItsWay;
    const full = this.buffer;
    this.partsBegun += 1;
    const part = this.partsBegun;
    if (part >= maxParts) throw new DarkroomError('input/too-large', `${this.key} has more parts than S3 takes`);
    const size = partBytes(part + 1);
    this.buffer = this.spare?.sizeBytes === size ? this.spare : new PartBuffer(size);
    this.spare = undefined;
    this.onItsWay = this.upload(part, full.bytes).then(() => {
      full.clear();
      this.spare = full;
    });
    this.onItsWay.catch(() => {});
  }

  private async upload(partNumber: number, bytes: Buffer): Promise<void> {
    const target = { bucketName: this.bucket.name, objectName: this.key };
    const uploadID = (this.uploadId ??= await this.bucket.run(
      this.key,
      async (client) => await client.initiateNewMultipartUpload(this.bucket.name, this.key, {}),
    ));
    const { etag } = await this.bucket.run(
      this.key,
      async (client) => await client.uploadPart({ ...target, uploadID, partNumber, headers: {} }, bytes),
    );
    this.parts.push({ part: partNumber, etag });
  }

  private async putWhole(): Promise<void> {
    await this.bucket.run(
      this.key,
      async (client) => await client.putObject(this.bucket.name, this.key, this.buffer.bytes),
    );
  }

  private async complete(): Promise<void> {
    if (this.buffer.bytes.length > 0) await this.upload(this.partsBegun + 1, this.buffer.bytes);
    const uploadId = this.uploadId ?? '';
    try {
      await this.bucket.run(
        this.key,
        async (client) => await client.completeMultipartUpload(this.bucket.name, this.key, uploadId, this.parts),
      );
    } catch (error) {
      // If the upload no longer exists, it may have been completed while the answer was lost.
      if (!isDarkroomError(error, 'resource/conflict') || !(await this.isComplete())) throw error;
    }
  }

  private async isComplete(): Promise<boolean> {
    const { etag } = await this.bucket.run(
      this.key,
      async (client) => await client.statObject(this.bucket.name, this.key),
    );
    return etag === multipartEtag(this.parts);
  }
}

/** @see the S3 API: the ETag of a multipart upload is the MD5 of its parts' MD5s, and their number */
function multipartEtag(parts: { etag: string }[]): string {
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}
