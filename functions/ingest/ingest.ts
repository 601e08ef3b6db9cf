import { basename } from 'node:path';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { findAsset } from '#shared/assets/asset.ts';
import { markOnline } from '#shared/assets/offline-asset.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import type { Db } from '#shared/db/db.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { findFormat } from '#shared/media/formats.ts';
import { hashObject } from '#shared/store/hash-object.ts';
import type { Store, ObjectInfo } from '#shared/store/store.ts';
import { changedMeanwhile, decide, type DecisionPorts, type DecidePorts } from './decide.ts';
import { relocateOrMarkOffline } from './relocate-asset.ts';
import { readObjectState, type ObjectState } from './read-object-state.ts';
import { removeObject } from './remove-object.ts';
import { findOwnership, isOfPlace, type Ownership } from './ownership.ts';
import { listSidecarsOf } from '#shared/store/sidecar-name.ts';
import { refreshSidecar } from './sidecar.ts';
import { Sightings } from './sightings.ts';
import { importFile, type Imported } from './import-file.ts';

export interface IngestPorts extends DecidePorts {
  store: Pick<Store, 'kind' | 'read' | 'find'>;
}

export type Ingested =
  | Imported
  | { outcome: 'unowned' | 'refused' | 'sidecar' }
  /** Nothing to do: nothing changed, the file is gone again, or it lies where nothing is watched. */
  | { outcome: 'known' | 'vanished' | 'foreign' };

const attemptsMax = 3;

/**
 * Turns a file that a watcher saw into an asset row, and records the outcome for its key, whatever it is. What is there
 * now counts, not what the event says, so that events may come late, twice and in any order. Files are read in parallel
 * and decided about one after the other; if a file has changed or is gone after that, it is decided about again.
 * @throws store/changing, resource/conflict, store/unavailable
 */
export async function ingestObject(
  ports: IngestPorts,
  { key, hashed }: SeenFile,
  signal: AbortSignal,
): Promise<Ingested> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const { ingested, version } = await ingestOnce(ports, { key, hashed }, signal);
    if (version === undefined) return ingested;
    const now = await ports.store.find(key);
    if (now?.version === version) return ingested;
    if (now === undefined && (await removeObject(ports, { key })) !== 'still-there') return { outcome: 'vanished' };
  }
  throw changing(key);
}

/** A file that a watcher saw. `hashed`: the SHA-1 of its bytes in hex, if the watcher read them at that version. */
export interface SeenFile {
  key: string;
  hashed?: { version: string; checksum: string } | undefined;
}

interface IngestedOnce {
  ingested: Ingested;
  /** Of the content that the outcome was recorded for. */
  version?: string;
}

async function ingestOnce(ports: IngestPorts, { key, hashed }: SeenFile, signal: AbortSignal): Promise<IngestedOnce> {
  const look = await readObjectState(ports, key, findOwnership);
  if (look.ownership.state === 'foreign') return { ingested: { outcome: 'foreign' } };
  const seen = new Sightings(ports);
  await seen.look([key]);
  const found = seen.find(key);
  if (found === undefined) return { ingested: { outcome: 'vanished' } };
  const isSettledNow = await isSettled(ports.db, look, found);
  if (isSettledNow && !isSidecar(found) && look.current?.isOffline !== true) return { ingested: { outcome: 'known' } };
  let checksum: Buffer | undefined;
  if (look.ownership.state === 'owned' && isMedia(found) && !isSettledNow) {
    checksum =
      hashed?.version === found.version ? Buffer.from(hashed.checksum, 'hex') : await hashIfThere(ports, key, signal);
    crashPoint('ingest/after-hash');
    await seen.look([key, ...listSidecarsOf(key)]);
    const after = seen.find(key);
    if (after === undefined) return { ingested: { outcome: 'vanished' } };
    if (checksum === undefined || after.version !== found.version) throw changing(key);
  }
  const ingested = await decide(ports, seen, key, async (inside, now) => {
    if (seen.find(key)?.version !== found.version) throw changing(key);
    return await settle(inside, now, found, checksum);
  });
  return { ingested, version: found.version };
}

async function settle(
  ports: DecisionPorts,
  look: ObjectState,
  found: ObjectInfo,
  checksum: Buffer | undefined,
): Promise<Ingested> {
  const { db } = ports;
  const { id, ownership, current, former } = look;
  const left = former === undefined ? undefined : await relocateOrMarkOffline(ports, former);
  const facts = { sizeBytes: found.sizeBytes, version: found.version, assetId: null };
  const isNew = look.known?.version !== found.version;
  if (isSidecar(found) && (await refreshSidecar(ports, id.key, { isNew })) > 0) {
    // Recorded, so that a listing of the bucket does not report it as new each time.
    await recordObject(db, id, { ...facts, state: 'refused', ownerId: null, reason: 'the sidecar of an original' });
    return { outcome: 'sidecar' };
  }
  if (ownership.state !== 'owned') {
    // The former original of an offline or deleted asset stays recorded as that asset's.
    const isKept = left === 'offline' || left === 'deleted';
    if (ownership.state === 'unowned' && !isKept) await keepUnowned(db, id, found, ownership);
    return { outcome: 'unowned' };
  }
  if (await isSettled(db, look, found)) {
    if (current?.isOffline === true) await markOnline(db, current.id);
    return { outcome: 'known' };
  }
  if (!isMedia(found)) {
    const { ownerId, ownerFolder } = ownership;
    await recordObject(db, id, { ...facts, state: 'refused', ownerId, ownerFolder, reason: 'not a photo or video' });
    return { outcome: 'refused' };
  }
  if (checksum === undefined) throw changedMeanwhile(id.key);
  return importFile(ports, { ...ownership, store: id.store, found, current, checksum });
}

async function keepUnowned(
  db: Db,
  id: ObjectState['id'],
  { sizeBytes, version }: ObjectInfo,
  { ownerFolder, reason }: Extract<Ownership, { state: 'unowned' }>,
): Promise<void> {
  await recordObject(db, id, {
    state: 'unowned',
    assetId: null,
    ownerId: null,
    sizeBytes,
    version,
    reason,
    ownerFolder,
  });
}

function changing(key: string): DarkroomError {
  return new DarkroomError('store/changing', `${key} changes while it is read`);
}

const isSidecar = ({ key }: ObjectInfo) => findFormat(basename(key))?.kind === 'sidecar';

function isMedia({ key, sizeBytes }: ObjectInfo): boolean {
  const format = findFormat(basename(key));
  return format !== undefined && format.kind !== 'sidecar' && sizeBytes > 0;
}

/** True if the same bytes under the same key would have the same outcome. */
async function isSettled(db: Db, { known, current, ownership }: ObjectState, found: ObjectInfo): Promise<boolean> {
  if (known === undefined || known.version !== found.version || ownership.state !== 'owned') return false;
  if (known.state === 'asset') return current !== undefined;
  if (known.ownerId !== null && known.ownerId !== ownership.ownerId) return false;
  if (known.state === 'duplicate') {
    const original = known.assetId === null ? undefined : await findAsset(db, known.assetId);
    return original !== undefined && isOfPlace(original, ownership) && !original.isOffline;
  }
  return known.state === 'refused';
}

/** SHA-1 of a file; undefined if it is gone. */
async function hashIfThere({ store }: IngestPorts, key: string, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    return await hashObject(store, key, signal);
  } catch (error) {
    if (isDarkroomError(error, 'store/not-found')) return undefined;
    throw error;
  }
}
