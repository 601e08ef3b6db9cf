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

/** So long a look at the marker is good for reading. */
const readingMs = 10_000;
/** And for writing, where only the marker itself can tell: another bucket is not there within seconds of the first one. */
const decidingMs = 3_000;
/** So many of the oldest and of the newest originals are looked for in a store without a marker. */
const recognizedOriginals = 10;

/**
 * Whose the store is: the id in its marker is the one in the database, or nothing is read or written there. And whether
 * both are of one time: an epoch stands in both, which begins anew before the first deletion of a day. While it differs,
 * one of the two was restored, and what the database says is to be deleted may be somebody's only copy.
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

  /** Why nothing may be deleted now: one sentence; undefined if it may. */
  async findHold(): Promise<string | undefined> {
    const { db, log } = this.ports;
    try {
      const standing = await this.compare();
      if (standing.hold === undefined) return undefined;
      if (standing.known.heldReason !== standing.hold) {
        log.error(
          { reason: standing.hold },
          'nothing is deleted until an administrator has looked: darkroom admin store status',
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
   * To be asked before anything is deleted because the database says so. False if it may not be. Begins a new epoch if
   * the last one began on an earlier day; the only process there is (`isFirst`) does so at its start.
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
    throw new DarkroomError('resource/conflict', 'Another process begins a new day with the store');
  }

  /** What stands in the database and in the store, for people. Never throws for a store that is away. */
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

  /** An administrator says that the store is the right one, whatever its marker says. Deletions wait until `resume`. */
  async adopt(): Promise<void> {
    const { db, store } = this.ports;
    if (!(await store.exists()))
      throw new DarkroomError('store/unavailable', `${store.label} is not there; what is adopted must be there`);
    const marker = await readStoreMarker(store);
    const id = isMarker(marker) ? marker.id : ((await findStoreIdentity(db))?.id ?? newId());
    if (!isMarker(marker)) await writeStoreMarker(store, { id, epoch: newId() });
    await adoptStore(db, { id, epoch: newId(), reason: 'the store was adopted' });
    this.knownId = id;
    this.last = undefined;
  }

  /** An administrator has looked: what the database says may be deleted again. False if nothing was held. */
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
      if (this.problem !== undefined) this.ports.log.info({ store: this.ports.store.label }, 'the store is back');
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
      // A process that may not write leaves the marker to one that may, and asks again.
      if (marker === undefined) return { atMs, place, marker: { id, epoch: '' } };
      this.knownId = id;
      return { atMs, place: await this.readPlace(), marker };
    }
    const marker = await readStoreMarker(store);
    if (isMarker(marker) && marker.id === this.knownId) return { atMs, place, marker };
    // Another process may have adopted the store; not waited for, since this may be asked inside of a transaction.
    this.asking ??= findStoreIdentity(db)
      .then((row) => void (this.knownId = row?.id))
      .catch(() => {})
      .finally(() => (this.asking = undefined));
    throw notOurs(store, marker);
  }

  /** What stands in the database beside the marker. @throws store/unavailable */
  private async compare(): Promise<{ known: KnownStore; hold: string | undefined }> {
    const { db } = this.ports;
    let { marker } = await this.see('reading');
    let known = await findStoreIdentity(db);
    if (known === undefined) throw new DarkroomError('store/unavailable', 'The database knows no store');
    if (known.isRestored) {
      await partFromStore(db, { epoch: newId(), reason: restored });
      return { known, hold: restored };
    }
    if (!isOfOneTime(known, marker)) {
      // Another process may have begun an epoch since.
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
const parted = 'the database and the store are of different times: one of them was restored';

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
      : `${storeMarkerKey} ${marker === 'damaged' ? 'is damaged' : 'is that of another one'}`;
  return refusal(label, reason);
}

function refusal(label: string, reason: string): DarkroomError {
  return new DarkroomError(
    'store/unavailable',
    `${label} is not the store of this database: ${reason}. If it is the right one all the same: darkroom admin store adopt`,
  );
}

/**
 * The store that the database belongs to. At the first start it gets its marker: an empty one with an empty database, or,
 * after an upgrade from a version without markers, one that holds the originals that the database knows. Any number of
 * processes may do this at once. Without a marker in the result it is the right one, and this process cannot write there.
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
    // Another process may have given the store its marker, and put that which was seen there, in between.
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
  log.info({ store: store.label, id }, 'the store has its marker');
  return { id, marker };
}

/** True if store and database are empty, false if the store holds what the database knows. @throws store/unavailable for any other */
async function recognize(
  { db, store }: Pick<IdentityPorts, 'db' | 'store'>,
  marker: StoreMarker | 'damaged' | undefined,
): Promise<boolean> {
  const keys = await listOriginalsToRecognize(db, recognizedOriginals);
  const isThere = await store.exists();
  if (keys.length === 0) {
    if (marker !== undefined) throw notOurs(store, marker);
    if (isThere && (await hasUploads(store)))
      throw refusal(store.label, 'it holds uploads, and the database knows no photo');
    return true;
  }
  if (!isThere) throw refusal(store.label, 'it is not there');
  const found = await Promise.all(keys.map(async (key) => await store.find(key)));
  const missing = found.filter((it) => it === undefined).length;
  if (missing * 2 > keys.length)
    throw refusal(store.label, `of ${keys.length} photos that were looked for ${missing} are not in it`);
  return false;
}

async function hasUploads(store: PrimaryStore): Promise<boolean> {
  for await (const _object of store.list('upload/')) return true;
  return false;
}
