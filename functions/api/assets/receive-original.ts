import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { crashPoint } from '#shared/crash/crash-point.ts';
import type { Db } from '#shared/db/db.ts';
import { keepLease } from '#shared/db/lease.ts';
import {
  abandonReservation,
  deleteStoredObject,
  renewReservation,
  reserveObject,
} from '#shared/assets/stored-object.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Store, StoreWriter } from '#shared/store/store.ts';

export interface ReceivePorts {
  db: Db;
  store: Pick<Store, 'kind' | 'createWriter' | 'put' | 'delete'>;
  holder: string;
  leaseSeconds: number;
}

export interface OriginalInput {
  key: string;
  assetId: string;
  ownerId: string;
  bytes: Readable;
  /** More than this passes the owner's quota. */
  sizeBytesMax: number;
}

/** Bytes that have arrived whole but are not visible in the store yet. */
export interface ReceivedOriginal {
  readonly key: string;
  readonly sizeBytes: number;
  readonly checksum: Buffer;
  /** Makes the bytes durable and visible under their key, a sidecar beside them; they are still nobody's. */
  keep(sidecar: { key: string; bytes: Buffer } | undefined): Promise<void>;
  /**
   * Runs what may let an asset have the bytes. However it ends, this request deletes them no more: an error does not say
   * whether there was a commit.
   */
  offer<Result>(act: (original: { key: string; sizeBytes: number }) => Promise<Result>): Promise<Result>;
  /**
   * Takes the bytes and the reservation back if they were never offered. Else it gives the reservation up, if it still is
   * one, and a sweep, which looks at its row, deletes the bytes.
   */
  discard(): Promise<void>;
  /** Stops renewing the reservation. */
  end(): void;
}

/**
 * Streams an original to the store while hashing it, never whole in memory. The key is reserved in the database before
 * the first byte is written, and deleted by a sweep if this process dies before a row takes it over.
 * @throws quota/exceeded, store/full, store/unavailable, db/unavailable
 */
export async function receiveOriginal(ports: ReceivePorts, input: OriginalInput): Promise<ReceivedOriginal> {
  const { db, store, holder, leaseSeconds } = ports;
  const { key, assetId, ownerId } = input;
  const id = { store: store.kind, key };
  await reserveObject(db, { ...id, assetId, ownerId, holder, leaseSeconds });
  crashPoint('upload/after-reserve');
  const lease = keepLease({
    seconds: leaseSeconds,
    renew: () => renewReservation(db, id, leaseSeconds),
    // The statement that lets a row have the bytes asks again.
    onError: () => {},
  });
  const end = () => lease[Symbol.dispose]();
  const written = [key];
  let isOffered = false;
  let writer: StoreWriter | undefined;
  const discard = async () => {
    end();
    await writer?.abort();
    const isOurs = await abandonReservation(db, id);
    if (!isOurs || isOffered) return;
    for (const it of written) await store.delete(it);
    await deleteStoredObject(db, id);
  };
  try {
    writer = await store.createWriter(key);
    const { sizeBytes, checksum } = await pump(input, writer);
    crashPoint('upload/after-temp-write');
    return {
      key,
      sizeBytes,
      checksum,
      end,
      discard,
      async keep(sidecar) {
        await writer?.commit();
        if (sidecar === undefined) return;
        written.push(sidecar.key);
        await store.put(sidecar.key, sidecar.bytes);
      },
      offer(act) {
        isOffered = true;
        return act({ key, sizeBytes });
      },
    };
  } catch (error) {
    await discard().catch(() => {});
    throw error;
  }
}

async function pump(
  { bytes, sizeBytesMax }: OriginalInput,
  { stream }: StoreWriter,
): Promise<{ sizeBytes: number; checksum: Buffer }> {
  const hash = createHash('sha1');
  let sizeBytes = 0;
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error as Error));
  failed.catch(() => {});
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > sizeBytesMax) throw new DarkroomError('quota/exceeded');
    hash.update(chunk);
    crashPoint('upload/mid-stream');
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), failed]);
  }
  return { sizeBytes, checksum: hash.digest() };
}
