import {
  claimAbandonedReservations,
  deleteStoredObject,
  listAbandoned,
  postponeAbandoned,
  setObjectAside,
  type AbandonedObject,
} from '#shared/db/queries/stored-object.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import { adoptUpload } from './adopt-upload.ts';
import type { Ports } from './sweep.ts';

export interface SettledUploads {
  abandonedUploadsRemoved: number;
  uploadsAdopted: number;
  uploadsSetAside: number;
}

export interface Limits {
  /** The holder of what is under way, if it is the only process there is. */
  onlyHolder: string | undefined;
  /** By `performance.now()`. */
  endsAtMs: number;
  signal: AbortSignal;
}

const batch = 500;

/**
 * Settles the keys of uploads that were given up, or whose process died. What is not complete is removed. A complete one becomes an asset: a dump
 * that was restored takes uploads for under way that had been answered long since. What can be none stays where it is,
 * set aside with the reason; only a second copy of bytes that were read in both places goes.
 */
export async function settleAbandonedUploads(ports: Ports, limits: Limits): Promise<SettledUploads> {
  const { db, store, holder, log } = ports;
  const settled: SettledUploads = { abandonedUploadsRemoved: 0, uploadsAdopted: 0, uploadsSetAside: 0 };
  const isOver = () => limits.signal.aborted || performance.now() > limits.endsAtMs;
  const claim = { holder, leaseSeconds: 60, onlyHolder: limits.onlyHolder, limit: batch };
  while ((await claimAbandonedReservations(db, claim)).length === batch && !isOver());
  const failed = new Set<string>();
  for (;;) {
    const abandoned = await listAbandoned(db, store.kind, batch);
    if (abandoned.length > 0 && !(await ports.identity.beginDeleting())) return settled;
    for (const object of abandoned) {
      // Those that failed stand behind all others.
      if (isOver() || failed.has(object.key)) return settled;
      try {
        settled[await settle(ports, object, limits.signal)] += 1;
      } catch (error) {
        failed.add(object.key);
        log.warn({ err: toDarkroomError(error), key: object.key }, 'an abandoned upload was not settled');
        await postponeAbandoned(db, object);
      }
    }
    if (abandoned.length < batch) return settled;
  }
}

async function settle(
  { db, store }: Ports,
  object: AbandonedObject,
  signal: AbortSignal,
): Promise<keyof SettledUploads> {
  const found = object.isGivenUp ? undefined : await store.find(object.key);
  const adoption = found === undefined ? undefined : await adoptUpload({ db, store }, found, signal);
  switch (adoption?.outcome) {
    case 'adopted':
      return 'uploadsAdopted';
    case 'unadoptable':
      await setObjectAside(db, object, adoption.reason);
      return 'uploadsSetAside';
    case 'second-copy':
    case undefined:
      await store.delete(object.key);
      await store.delete(`${object.key}.xmp`);
      await deleteStoredObject(db, object);
      return 'abandonedUploadsRemoved';
  }
}
