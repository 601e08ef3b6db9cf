import { basename } from 'node:path';
import { crashPoint } from '#shared/crash/crash-point.ts';
import { findAsset } from '#shared/db/queries/asset.ts';
import { createAsset } from '#shared/db/queries/create-asset.ts';
import { markOffline, markOnline } from '#shared/db/queries/offline-asset.ts';
import { moveOriginal, replaceOriginal, type FoundOriginal } from '#shared/db/queries/original.ts';
import { recordUnowned } from '#shared/db/queries/owner-folder.ts';
import { findStoredObject, recordObject } from '#shared/db/queries/stored-object.ts';
import type { Asset, StoredObject as ObjectRow } from '#shared/db/tables.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { findFormat, type MediaFormat } from '#shared/media/formats.ts';
import { hashObject } from '#shared/store/hash-object.ts';
import { isExternalLocation, storeNameOf } from '#shared/store/location.ts';
import type { Store, StoredObject } from '#shared/store/store.ts';
import { isOriginalGone } from './original-gone.ts';
import { findOwnership, type Owned, type Ports as OwnershipPorts } from './ownership.ts';
import { findSidecar, refreshSidecar } from './sidecar.ts';

export interface Ports extends OwnershipPorts {
  store: Pick<Store, 'kind' | 'read' | 'find'>;
}

export type Ingested =
  /** A new asset; the asset under this key with other bytes; an asset whose file was renamed. */
  | { outcome: 'asset' | 'replaced' | 'moved'; assetId: string }
  | { outcome: 'duplicate' | 'unowned' | 'refused' | 'sidecar' }
  /** Nothing to do: nothing changed, the file is gone again, or it lies where nothing is watched. */
  | { outcome: 'known' | 'vanished' | 'foreign' };

/**
 * Turns a file that a watcher saw into an asset row, and writes down what became of its key whatever that is. What is
 * there now counts, not what the event says, so that events may come late, twice and in any order.
 * @throws store/changing, resource/conflict, store/unavailable
 */
export async function ingestObject(ports: Ports, { key }: { key: string }, signal: AbortSignal): Promise<Ingested> {
  const { db, store } = ports;
  const id = { store: storeNameOf(store, key), key };
  const ownership = await findOwnership(ports, key);
  if (ownership.state === 'foreign') return { outcome: 'foreign' };
  const found = await store.find(key);
  if (found === undefined) return { outcome: 'vanished' };
  const known = await findStoredObject(db, id);
  const current = await findCurrent(ports, known);
  const format = findFormat(basename(key));
  const facts = { sizeBytes: found.sizeBytes, version: found.etag };
  if (format?.kind === 'sidecar' && (await refreshSidecar(ports, key)) > 0) {
    // Known, so that a listing of the bucket does not take it for new each time.
    const fate = { state: 'refused', assetId: null, ownerId: null, reason: 'the sidecar of an original' } as const;
    await recordObject(db, id, { ...fate, ...facts });
    return { outcome: 'sidecar' };
  }
  if (ownership.state === 'unowned') {
    const { ownerFolder, reason } = ownership;
    if (current !== undefined) {
      await markOffline(db, current.id);
      return { outcome: 'unowned' };
    }
    const unowned = { state: 'unowned', assetId: null, ownerId: null, ownerFolder, reason, ...facts } as const;
    if (ownerFolder === null) await recordObject(db, id, unowned);
    // Somebody became the owner just now.
    else if (await recordUnowned(db, id, { folder: ownerFolder, reason, ...facts })) throw ownerChanged(key);
    return { outcome: 'unowned' };
  }
  if (known !== undefined && known.version === found.etag && (await isSettled(ports, known, ownership, current))) {
    return { outcome: 'known' };
  }
  if (format === undefined || format.kind === 'sidecar' || found.sizeBytes === 0) {
    await recordRefused(ports, ownership, { ...id, ...facts }, 'not a photo or video');
    return { outcome: 'refused' };
  }
  return takeIn(ports, { ...ownership, found, format, current }, signal);
}

const ownerChanged = (key: string) =>
  new DarkroomError('resource/conflict', `The folder of ${key} became somebody's meanwhile`);

/** The asset that has its original under this key. */
async function findCurrent({ db }: Ports, known: ObjectRow | undefined): Promise<Asset | undefined> {
  if (known?.state !== 'asset' || known.assetId === null) return undefined;
  return findAsset(db, known.assetId);
}

/** True if the same bytes under the same key would come to the same end. Brings an asset back that was offline. */
async function isSettled({ db }: Ports, known: ObjectRow, owner: Owned, current: Asset | undefined): Promise<boolean> {
  if (known.state === 'asset') {
    if (current === undefined || current.libraryId !== owner.libraryId) return false;
    if (current.isOffline) await markOnline(db, current.id);
    return true;
  }
  if (known.ownerId !== null && known.ownerId !== owner.ownerId) return false;
  if (known.state === 'duplicate') {
    const original = known.assetId === null ? undefined : await findAsset(db, known.assetId);
    return original !== undefined && original.libraryId === owner.libraryId && !original.isOffline;
  }
  return known.state === 'refused';
}

interface Original extends Owned {
  found: StoredObject;
  format: MediaFormat;
  current: Asset | undefined;
}

async function takeIn(ports: Ports, original: Original, signal: AbortSignal): Promise<Ingested> {
  const { db, store } = ports;
  const { found, format, current, ownerId, libraryId, ownerFolder } = original;
  const checksum = await hashUnchanged(ports, found, signal);
  if (checksum === undefined) return { outcome: 'vanished' };
  crashPoint('ingest/after-hash');
  const { key, sizeBytes, etag: version, modifiedAt } = found;
  const isExternal = isExternalLocation(key);
  const place: FoundOriginal = { store: storeNameOf(store, key), key, sizeBytes, version, isExternal, ownerFolder };
  if (current !== undefined && current.status !== 'deleted' && current.libraryId === libraryId) {
    const replaced = await replaceOriginal(db, current.id, { ...place, checksum, modifiedAt });
    if (replaced.outcome === 'gone')
      throw new DarkroomError('resource/conflict', `The asset of ${key} was just deleted`);
    if (replaced.outcome === 'duplicate') return settleDuplicate(ports, original, place, replaced.assetId);
    return replaced.outcome === 'unchanged' ? { outcome: 'known' } : { outcome: 'replaced', assetId: current.id };
  }
  const assetId = newId();
  const created = await createAsset(db, {
    store: place.store,
    origin: { kind: 'found', version, ownerFolder },
    sidecarPath: await findSidecar(ports, key),
    asset: {
      id: assetId, ownerId, libraryId, isExternal, type: format.kind === 'video' ? 'VIDEO' : 'IMAGE', checksum,
      originalPath: key, originalFileName: basename(key), fileSizeInByte: sizeBytes,
      fileCreatedAt: modifiedAt, fileModifiedAt: modifiedAt, localDateTime: modifiedAt,
      width: null, height: null, thumbhash: null, duration: null, livePhotoVideoId: null, stackId: null, duplicateId: null, deletedAt: null,
    },
  }); // prettier-ignore
  switch (created.outcome) {
    case 'created':
      // The file is another library's now.
      if (current !== undefined) await markOffline(db, current.id);
      return { outcome: 'asset', assetId };
    case 'duplicate':
      return settleDuplicate(ports, original, place, created.assetId);
    case 'quota-exceeded':
      await recordRefused(ports, original, place, 'quota exceeded');
      return { outcome: 'refused' };
    case 'lost':
      throw new DarkroomError('resource/conflict', `The asset with the bytes of ${key} was just deleted`);
  }
}

/** The bytes are another asset's: whose file is elsewhere, or was, and then has only been renamed. */
async function settleDuplicate(
  { db, store }: Ports,
  { ownerId }: Owned,
  place: FoundOriginal,
  assetId: string,
): Promise<Ingested> {
  const asset = await findAsset(db, assetId);
  if (asset?.originalPath === place.key && !asset.isOffline) return { outcome: 'known' };
  if (asset !== undefined && (await isOriginalGone(store, asset)) && (await moveOriginal(db, asset, place))) {
    return { outcome: 'moved', assetId };
  }
  const { sizeBytes, version, ownerFolder } = place;
  await recordObject(db, place, {
    state: 'duplicate', assetId, ownerId, sizeBytes, version, ownerFolder, reason: null,
  }); // prettier-ignore
  return { outcome: 'duplicate' };
}

async function recordRefused(
  { db }: Ports,
  { ownerId, ownerFolder }: Owned,
  { store, key, sizeBytes, version }: Pick<FoundOriginal, 'store' | 'key' | 'sizeBytes' | 'version'>,
  reason: string,
): Promise<void> {
  const fate = { state: 'refused', assetId: null, ownerId, sizeBytes, version, ownerFolder, reason } as const;
  await recordObject(db, { store, key }, fate);
}

/** SHA-1 of a file that was the same before and after it was read; undefined if it went away. @throws store/changing */
async function hashUnchanged({ store }: Ports, found: StoredObject, signal: AbortSignal): Promise<Buffer | undefined> {
  try {
    const checksum = await hashObject(store, found.key, signal);
    const after = await store.find(found.key);
    if (after?.etag === found.etag) return checksum;
  } catch (error) {
    if (isDarkroomError(error, 'store/not-found')) return undefined;
    throw error;
  }
  throw new DarkroomError('store/changing', `${found.key} changes while it is read`);
}
