import { basename } from 'node:path';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { findAsset } from '#shared/db/queries/asset.ts';
import { markOffline, markOnline } from '#shared/db/queries/offline-asset.ts';
import { recordUnowned } from '#shared/db/queries/owner-folder.ts';
import { recordObject } from '#shared/db/queries/stored-object.ts';
import type { Db } from '#shared/db/db.ts';
import { withLock } from '#shared/db/transaction.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { findFormat } from '#shared/media/formats.ts';
import { hashObject } from '#shared/store/hash-object.ts';
import type { Store, StoredObject } from '#shared/store/store.ts';
import { lookAt, scopeOf, type Look, type Ports as LookPorts } from './look-at.ts';
import type { Owned } from './ownership.ts';
import { refreshSidecar } from './sidecar.ts';
import { takeIn, type TakenIn } from './take-in.ts';

export interface Ports extends LookPorts {
  store: Pick<Store, 'kind' | 'read' | 'find'>;
}

export type Ingested =
  | TakenIn
  | { outcome: 'unowned' | 'refused' | 'sidecar' }
  /** Nothing to do: nothing changed, the file is gone again, or it lies where nothing is watched. */
  | { outcome: 'known' | 'vanished' | 'foreign' };

/**
 * Turns a file that a watcher saw into an asset row, and writes down what became of its key whatever that is. What is
 * there now counts, not what the event says, so that events may come late, twice and in any order: the bytes are read
 * beside all others, and what they come to is decided one after the other, after another look.
 * @throws store/changing, resource/conflict, store/unavailable
 */
export async function ingestObject(ports: Ports, { key }: { key: string }, signal: AbortSignal): Promise<Ingested> {
  const first = await lookAt(ports, key);
  const { found } = first;
  if (first.ownership.state === 'foreign') return { outcome: 'foreign' };
  if (found === undefined) return { outcome: 'vanished' };
  let checksum: Buffer | undefined;
  if (first.ownership.state === 'owned' && isMedia(found) && !(await isSettled(ports.db, first, first.ownership))) {
    checksum = await hashUnchanged(ports, found, signal);
    if (checksum === undefined) return { outcome: 'vanished' };
    crashPoint('ingest/after-hash');
  }
  return withLock(ports.db, scopeOf(first), async (tx) => {
    const look = await lookAt({ ...ports, db: tx }, key);
    if (look.found?.etag !== found.etag) throw new DarkroomError('store/changing', `${key} changes while it is read`);
    if (scopeOf(look) !== scopeOf(first)) throw changedMeanwhile(key);
    return decide({ ...ports, db: tx }, { ...look, found }, checksum);
  });
}

async function decide(
  ports: Ports,
  look: Look & { found: StoredObject },
  checksum: Buffer | undefined,
): Promise<Ingested> {
  const { db } = ports;
  const { id, ownership, found, current } = look;
  const facts = { sizeBytes: found.sizeBytes, version: found.etag, assetId: null };
  if (isSidecar(found) && (await refreshSidecar(ports, id.key)) > 0) {
    // Known, so that a listing of the bucket does not take it for new each time.
    await recordObject(db, id, { ...facts, state: 'refused', ownerId: null, reason: 'the sidecar of an original' });
    return { outcome: 'sidecar' };
  }
  if (ownership.state !== 'owned') {
    if (ownership.state === 'unowned') await keepUnowned(ports, look, ownership);
    return { outcome: 'unowned' };
  }
  if (await isSettled(db, look, ownership)) {
    if (current?.isOffline === true) await markOnline(db, current.id);
    return { outcome: 'known' };
  }
  if (!isMedia(found)) {
    const { ownerId, ownerFolder } = ownership;
    await recordObject(db, id, { ...facts, state: 'refused', ownerId, ownerFolder, reason: 'not a photo or video' });
    return { outcome: 'refused' };
  }
  if (checksum === undefined) throw changedMeanwhile(id.key);
  return takeIn(ports, { ...ownership, store: id.store, found, current, checksum });
}

async function keepUnowned(
  { db }: Ports,
  { id, found, current }: Look & { found: StoredObject },
  { ownerFolder, reason }: { ownerFolder: string | null; reason: string },
): Promise<void> {
  if (current !== undefined) return markOffline(db, current.id);
  const facts = { sizeBytes: found.sizeBytes, version: found.etag, reason };
  if (ownerFolder === null) {
    await recordObject(db, id, { ...facts, state: 'unowned', assetId: null, ownerId: null });
  } else if (await recordUnowned(db, id, { folder: ownerFolder, ...facts })) {
    throw changedMeanwhile(id.key);
  }
}

const changedMeanwhile = (key: string) =>
  new DarkroomError('resource/conflict', `What is known of ${key} changed meanwhile`);

const isSidecar = ({ key }: StoredObject) => findFormat(basename(key))?.kind === 'sidecar';

function isMedia({ key, sizeBytes }: StoredObject): boolean {
  const format = findFormat(basename(key));
  return format !== undefined && format.kind !== 'sidecar' && sizeBytes > 0;
}

/** True if the same bytes under the same key would come to the same end. */
async function isSettled(db: Db, { known, found, current }: Look, owner: Owned): Promise<boolean> {
  if (known === undefined || known.version !== found?.etag) return false;
  if (known.state === 'asset') return current !== undefined && current.libraryId === owner.libraryId;
  if (known.ownerId !== null && known.ownerId !== owner.ownerId) return false;
  if (known.state === 'duplicate') {
    const original = known.assetId === null ? undefined : await findAsset(db, known.assetId);
    return original !== undefined && original.libraryId === owner.libraryId && !original.isOffline;
  }
  return known.state === 'refused';
}

/** SHA-1 of a file that was the same before and after it was read; undefined if it went away. @throws store/changing */
async function hashUnchanged({ store }: Ports, found: StoredObject, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    const checksum = await hashObject(store, found.key, signal);
    if ((await store.find(found.key))?.etag === found.etag) return checksum;
  } catch (error) {
    if (isDarkroomError(error, 'store/not-found')) return undefined;
    throw error;
  }
  throw new DarkroomError('store/changing', `${found.key} changes while it is read`);
}
