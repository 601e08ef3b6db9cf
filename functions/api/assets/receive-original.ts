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
  /** What is left of the owner's quota. */
  sizeBytesMax: number;
}

/** A completely received original that is not visible in the store yet. */
export interface ReceivedOriginal {
  readonly key: string;
  readonly sizeBytes: number;
  readonly checksum: Buffer;
  /** Makes the bytes, and a sidecar, durable and visible under their keys; no asset has them yet. */
  keep(sidecar: { key: string; bytes: Buffer } | undefined): Promise<void>;
  /**
   * Runs `act`, which may give the bytes to an asset. Afterwards this request never deletes them, even after an error: the
   * transaction may have been committed.
   */
  offer<Result>(act: (original: { key: string; sizeBytes: number }) => Promise<Result>): Promise<Result>;
  /**
   * Deletes the bytes and the reservation if the bytes were never offered. Otherwise it only releases the reservation, if
   * that still exists; a sweep then checks the row and deletes the bytes.
   */
  discard(): Promise<void>;
  /** Stops renewing the reservation. */
  end(): void;
}

/**
 * Streams an original to the store and hashes it. The key is reserved in the database before the first byte is written;
 * a sweep deletes the bytes if this process dies before an asset has them.
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
