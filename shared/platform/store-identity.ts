import { setTimeout } from 'node:timers/promises';
import type { Db } from '#shared/db/db.ts';
import {
  adoptStore,
  beginEpoch,
  completeEpoch,
  confirmStoreIdentity,
  findStoreIdentity,
  holdDeletions,
  listOriginalsToRecognize,
  partFromStore,
  proposeStoreIdentity,
  releaseDeletions,
  resumeDeletions,
  type KnownStore,
} from '#shared/store-records/store-identity.ts';
import { DarkroomError, isDarkroomError, toDarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Log } from '#shared/log/log.ts';
import type { StoreGuard } from '#shared/store/guarded-store.ts';
import { readStoreMarker, storeMarkerKey, writeStoreMarker, type StoreMarker } from '#shared/store/store-marker.ts';
import type { PrimaryStore } from '#shared/store/store.ts';

interface IdentityPorts {
  db: Db;
  store: PrimaryStore;
  log: Log;
}

interface Look {
  atMs: number;
  place: string | undefined;
  marker: StoreMarker;
}

/** How long a check of the marker is valid for reading. */
const readingMs = 10_000;
/**
 * How long it is valid for writing in a store without `readPlace`: a bucket is not replaced by another one within
 * seconds.
 */
const decidingMs = 3_000;
/** In a store without a marker this many of the oldest and of the newest originals are searched. */
const recognizedOriginals = 10;

/**
 * Checks that the store belongs to the database: if the id in its marker differs from the one in the database, nothing
 * is read or written there. It also checks that neither was restored: both contain an epoch, which is renewed before
 * the first deletion of a day. While the epochs differ, one of the two was restored, and nothing is deleted: a file
 * that an old database wants to delete may be the only copy.
 */
export class StoreIdentity implements StoreGuard {
  private readonly ports: IdentityPorts;
  private knownId: string | undefined;
  private last: Look | undefined;
  private looking: Promise<Look> | undefined;
  private asking: Promise<void> | undefined;
  private problem: string | undefined;

  constructor(ports: IdentityPorts) {
    this.ports = ports;
  }

  async require(need: 'reading' | 'deciding'): Promise<void> {
    await this.see(need);
  }

  /** Returns why nothing may be deleted now, as one sentence; undefined if deletion is allowed. */
  async findHold(): Promise<string | undefined> {
    const { db, log } = this.ports;
    try {
      const standing = await this.compare();
      if (standing.hold === undefined) return undefined;
      if (standing.known.heldReason !== standing.hold) {
        log.error(
          { reason: standing.hold },
          'deletions are stopped until an administrator resumes them, see: darkroom admin store status',
        );
        await holdDeletions(db, standing.hold);
      }
      return standing.hold;
    } catch (error) {
      if (!isDarkroomError(error, 'store/unavailable')) throw error;
      return error.message;
    }
  }

  /**
   * Has to be called before files are deleted because of rows in the database. Returns false if nothing may be deleted.
   * Begins a new epoch if the last one began on an earlier day, or if `isFirst` (set at the start of the only process).
   * @throws store/full, store/unavailable, resource/conflict while another process begins one
   */
  async beginDeleting({ isFirst = false }: { isFirst?: boolean } = {}): Promise<boolean> {
    if ((await this.findHold()) !== undefined) return false;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { known, hold } = await this.compare();
      if (hold !== undefined) return false;
      if (!isFirst && !known.isOfAnotherDay) return true;
      if (await this.raise(known, isFirst)) return true;
      await setTimeout(100);
    }
    throw new DarkroomError('resource/conflict', 'Another process is writing a new epoch to the store');
  }

  /** The state of the store's identity, for administrators. Does not throw if the store is unavailable. */
  async describe(): Promise<{
    label: string;
    known: KnownStore | undefined;
    problem: string | undefined;
    hold: string | undefined;
  }> {
    const problem = await this.see('deciding').then(
      () => undefined,
      (error: unknown) => toDarkroomError(error).message,
    );
    const hold = problem === undefined ? await this.findHold() : undefined;
    return { label: this.ports.store.label, known: await findStoreIdentity(this.ports.db), problem, hold };
  }

  /**
   * Makes this store the one of the database, whatever its marker is, on request of an administrator. Deletions are
   * stopped until `resume`.
   */
  async adopt(): Promise<void> {
    const { db, store } = this.ports;
    if (!(await store.exists()))
      throw new DarkroomError(
        'store/unavailable',
        `${store.label} does not exist; only an existing store can be adopted`,
      );
    const marker = await readStoreMarker(store);
    const id = isMarker(marker) ? marker.id : ((await findStoreIdentity(db))?.id ?? newId());
    if (!isMarker(marker)) await writeStoreMarker(store, { id, epoch: newId() });
    await adoptStore(db, { id, epoch: newId(), reason: 'the store was adopted' });
    this.knownId = id;
    this.last = undefined;
  }

  /** Allows deletions again, after an administrator has checked the store. Returns false if they were not stopped. */
  async resume(): Promise<boolean> {
    const { db, store } = this.ports;
    const { marker } = await this.see('deciding');
    if ((await this.findHold()) === undefined) return false;
    const epoch = newId();
    await writeStoreMarker(store, { id: marker.id, epoch });
    await resumeDeletions(db, epoch);
    this.last = undefined;
    return true;
  }

  /** @throws store/unavailable */
  private async see(need: 'reading' | 'deciding'): Promise<Look> {
    const { last } = this;
    if (last !== undefined) {
      const ageMs = performance.now() - last.atMs;
      if (ageMs < (need === 'reading' ? readingMs : decidingMs) && (need === 'reading' || last.place === undefined))
        return last;
      if (ageMs < readingMs && last.place !== undefined && (await this.readPlace()) === last.place) return last;
    }
    if (need === 'reading') return await (this.looking ??= this.look().finally(() => (this.looking = undefined)));
    return await this.look();
  }

  private async readPlace(): Promise<string | undefined> {
    return await this.ports.store.readPlace().catch(() => undefined);
  }

  private async look(): Promise<Look> {
    try {
      const look = await this.lookAtMarker();
      if (this.problem !== undefined)
        this.ports.log.info({ store: this.ports.store.label }, 'the store is available again');
      this.problem = undefined;
      return (this.last = look);
    } catch (thrown) {
      this.last = undefined;
      const error = toDarkroomError(thrown);
      if (error.code === 'store/unavailable' && error.message !== this.problem)
        this.ports.log.error({ err: error }, 'the store cannot be used');
      this.problem = error.message;
      throw error;
    }
  }

  private async lookAtMarker(): Promise<Look> {
    const { db, store } = this.ports;
    const atMs = performance.now();
    const place = await this.readPlace();
    if (this.knownId === undefined) {
      const { id, marker } = await settle(this.ports);
      // This process cannot write the marker: use the store, and check again next time until another process has
      // written it.
      if (marker === undefined) return { atMs, place, marker: { id, epoch: '' } };
      this.knownId = id;
      return { atMs, place: await this.readPlace(), marker };
    }
    const marker = await readStoreMarker(store);
    if (isMarker(marker) && marker.id === this.knownId) return { atMs, place, marker };
    // Another process may have adopted the store. The query is not awaited, since this may run inside of a transaction.
    this.asking ??= findStoreIdentity(db)
      .then((row) => void (this.knownId = row?.id))
      .catch(() => {})
      .finally(() => (this.asking = undefined));
    throw notOurs(store, marker);
  }

  /** Compares the epochs in the database and in the marker. @throws store/unavailable */
  private async compare(): Promise<{ known: KnownStore; hold: string | undefined }> {
    const { db } = this.ports;
    let { marker } = await this.see('reading');
    let known = await findStoreIdentity(db);
    if (known === undefined) throw new DarkroomError('store/unavailable', 'The database has no store yet');
    if (known.isRestored) {
      await partFromStore(db, { epoch: newId(), reason: restored });
      return { known, hold: restored };
    }
    if (!isOfOneTime(known, marker)) {
      // Another process may have begun an epoch meanwhile.
      ({ marker } = await this.look());
      known = (await findStoreIdentity(db)) ?? known;
      if (!isOfOneTime(known, marker)) return { known, hold: known.heldReason ?? parted };
    }
    if (known.nextEpoch === marker.epoch) {
      await completeEpoch(db, marker.epoch);
      known = { ...known, epoch: marker.epoch, nextEpoch: null };
    }
    if (known.heldAt !== null) await releaseDeletions(db);
    return { known, hold: undefined };
  }

  private async raise({ id, epoch: current }: KnownStore, isAlone: boolean): Promise<boolean> {
    const { db, store } = this.ports;
    const epoch = newId();
    if (!(await beginEpoch(db, { current, next: epoch, isAlone }))) return false;
    await this.see('deciding');
    await writeStoreMarker(store, { id, epoch });
    await completeEpoch(db, epoch);
    this.last = undefined;
    return true;
  }
}

const restored = 'the database was restored from a dump';
const parted = 'the database and the store are from different times: one of them was restored';

function isOfOneTime({ epoch, nextEpoch }: KnownStore, marker: StoreMarker): boolean {
  return marker.epoch === epoch || marker.epoch === nextEpoch;
}

function isMarker(marker: StoreMarker | 'damaged' | undefined): marker is StoreMarker {
  return marker !== undefined && marker !== 'damaged';
}

function notOurs({ label }: PrimaryStore, marker: StoreMarker | 'damaged' | undefined): DarkroomError {
  const reason =
    marker === undefined
      ? `${storeMarkerKey} is not in it`
      : `${storeMarkerKey} ${marker === 'damaged' ? 'is damaged' : 'belongs to another database'}`;
  return refusal(label, reason);
}

function refusal(label: string, reason: string): DarkroomError {
  return new DarkroomError(
    'store/unavailable',
    `${label} is not the store of this database: ${reason}. If it is the right one nevertheless, run: darkroom admin store adopt`,
  );
}

/**
 * Returns the store of the database. At the first start it writes the marker: into an empty store with an empty
 * database, or, after an upgrade from a version without markers, into one that contains the originals of the database.
 * Several processes may do this at once. Without a marker in the result the store is the right one, but this process
 * cannot write there.
 * @throws store/unavailable
 */
async function settle(ports: IdentityPorts): Promise<{ id: string; marker: StoreMarker | undefined }> {
  const { db, store, log } = ports;
  const row = await findStoreIdentity(db);
  const found = (await store.exists()) ? await readStoreMarker(store) : undefined;
  if (row !== undefined && (row.confirmedAt !== null || (isMarker(found) && found.id === row.id))) {
    if (!isMarker(found) || found.id !== row.id) throw notOurs(store, found);
    await confirmStoreIdentity(db);
    return { id: row.id, marker: found };
  }
  let isEmpty: boolean;
  try {
    isEmpty = await recognize({ db, store }, found);
  } catch (error) {
    // Another process may have written the marker, and the objects found here, in the meantime.
    const known = await findStoreIdentity(db);
    const marker = (await store.exists()) ? await readStoreMarker(store) : undefined;
    if (known === undefined || !isMarker(marker) || marker.id !== known.id) throw error;
    return await settle(ports);
  }
  if (isEmpty) await store.prepare();
  const { id, epoch } = await proposeStoreIdentity(db, { id: isMarker(found) ? found.id : newId(), epoch: newId() });
  const marker = (await readStoreMarker(store)) ?? { id, epoch };
  if (!isMarker(marker) || marker.id !== id) throw notOurs(store, marker);
  if (!isMarker(found)) {
    try {
      await writeStoreMarker(store, marker);
    } catch (error) {
      if (isEmpty || !isDarkroomError(error, 'store/unavailable')) throw error;
      return { id, marker: undefined };
    }
  }
  await confirmStoreIdentity(db);
  log.info({ store: store.label, id }, 'store marker written');
  return { id, marker };
}

/**
 * True if store and database are empty, false if the store contains the originals of the database.
 * @throws store/unavailable otherwise
 */
async function recognize(
  { db, store }: Pick<IdentityPorts, 'db' | 'store'>,
  marker: StoreMarker | 'damaged' | undefined,
): Promise<boolean> {
  const keys = await listOriginalsToRecognize(db, recognizedOriginals);
  const isThere = await store.exists();
  if (keys.length === 0) {
    if (marker !== undefined) throw notOurs(store, marker);
    if (isThere && (await hasUploads(store)))
      throw refusal(store.label, 'it contains uploads, and the database has no photo');
    return true;
  }
  if (!isThere) throw refusal(store.label, 'it does not exist');
  const found = await Promise.all(keys.map(async (key) => await store.find(key)));
  const missing = found.filter((it) => it === undefined).length;
  if (missing * 2 > keys.length)
    throw refusal(store.label, `${missing} of ${keys.length} photos that were searched are not in it`);
  return false;
}

async function hasUploads(store: PrimaryStore): Promise<boolean> {
  for await (const _object of store.list('upload/')) return true;
  return false;
}
