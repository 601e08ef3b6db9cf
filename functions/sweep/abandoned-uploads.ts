import { sidecarOf } from '#shared/store/sidecar-name.ts';
import {
  claimAbandonedReservations,
  deleteStoredObject,
  listAbandoned,
  postponeAbandoned,
  setObjectAside,
  type AbandonedObject,
} from '#shared/assets/stored-object.ts';
import { toDarkroomError } from '#shared/errors/errors.ts';
import type { ObjectInfo } from '#shared/store/store.ts';
import { adoptUpload } from './adopt-upload.ts';
import type { SweepPorts } from './sweep-ports.ts';

export interface SettledUploads {
  abandonedUploadsRemoved: number;
  uploadsAdopted: number;
  uploadsSetAside: number;
}

export interface Limits {
  /** This process as holder, if it is the only one. */
  onlyHolder: string | undefined;
  /** By `performance.now()`. */
  endsAtMs: number;
  signal: AbortSignal;
}

const batch = 500;
/** How long a client without a response has to send a photo again. */
const awaitedMs = 24 * 60 * 60 * 1000;

/**
 * Settles the reserved keys of uploads that were given up, or whose process died. Incomplete files are removed. A complete
 * file is removed if it was sent again and both copies were read and compared. Without that it becomes an asset after a
 * day, because a restored dump may list uploads as under way that were answered long ago. A file that cannot become an
 * asset stays where it is, and its reservation is set aside with the reason.
 */
export async function settleAbandonedUploads(ports: SweepPorts, limits: Limits): Promise<SettledUploads> {
  const { db, store, holder, log } = ports;
  const settled: SettledUploads = { abandonedUploadsRemoved: 0, uploadsAdopted: 0, uploadsSetAside: 0 };
  const isOver = () => limits.signal.aborted || performance.now() > limits.endsAtMs;
  const claim = { holder, leaseSeconds: 60, onlyHolder: limits.onlyHolder, limit: batch };
  while ((await claimAbandonedReservations(db, claim)).length === batch && !isOver());
  const left = new Set<string>();
  for (;;) {
    const abandoned = await listAbandoned(db, store.kind, batch);
    if (abandoned.length > 0 && !(await ports.identity.beginDeleting())) return settled;
    for (const object of abandoned) {
      // Skipped keys are sorted behind all others.
      if (isOver() || left.has(object.key)) return settled;
      const became = await settle(ports, object, limits.signal).catch((error: unknown) => {
        log.warn({ err: toDarkroomError(error), key: object.key }, 'settling an abandoned upload failed, will retry');
        return undefined;
      });
      if (became !== undefined) {
        settled[became] += 1;
        continue;
      }
      left.add(object.key);
      await postponeAbandoned(db, object);
    }
    if (abandoned.length < batch) return settled;
  }
}

async function settle(
  { db, store }: SweepPorts,
  object: AbandonedObject,
  signal: AbortSignal,
): Promise<keyof SettledUploads | undefined> {
  const found = object.isGivenUp ? undefined : await store.find(object.key);
  const adoption = found && (await adoptUpload({ db, store }, found, { isAwaited: isAwaited(found), signal }));
  switch (adoption?.outcome) {
    case 'awaited':
      return undefined;
    case 'adopted':
      return 'uploadsAdopted';
    case 'unadoptable':
      await setObjectAside(db, object, adoption.reason);
      return 'uploadsSetAside';
    case 'second-copy':
    case undefined:
      await store.delete(object.key);
      await store.delete(sidecarOf(object.key));
      await deleteStoredObject(db, object);
      return 'abandonedUploadsRemoved';
  }
}

const isAwaited = ({ modifiedAt }: ObjectInfo): boolean => Date.now() - modifiedAt.getTime() < awaitedMs;
