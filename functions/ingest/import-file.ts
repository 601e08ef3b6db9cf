import { basename } from 'node:path';
import { findAsset } from '#shared/assets/asset.ts';
import { createAsset } from '#shared/assets/create-asset.ts';
import { replaceOriginal, type FoundOriginal } from '#shared/assets/original.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { findFormat } from '#shared/media/formats.ts';
import { isExternalLocation } from '#shared/store/location.ts';
import type { ObjectInfo } from '#shared/store/store.ts';
import { changedMeanwhile, type DecisionPorts } from './decide.ts';
import { moveTo, moveToDuplicate } from './relocate-asset.ts';
import { findOwnership, isOfPlace, type Owned } from './ownership.ts';
import { findSidecar } from './sidecar.ts';

export interface Original extends Owned {
  store: string;
  found: ObjectInfo;
  checksum: Buffer;
  /** The asset that has its original under the key. */
  current: Asset | undefined;
}

export type Imported =
  /** A new asset; the asset under this key with other bytes; an asset whose file was renamed. */
  { outcome: 'asset' | 'replaced' | 'moved'; assetId: string } | { outcome: 'duplicate' | 'refused' | 'known' };

/** Decides what becomes of a file. No other process may decide about files of the same owner and library meanwhile. */
export async function importFile(ports: DecisionPorts, original: Original): Promise<Imported> {
  const { current, checksum, found } = original;
  if (current === undefined || current.status === 'deleted') return addAsset(ports, original);
  // If the old bytes also lie elsewhere, they remain the old asset, and the new bytes become another.
  const isElsewhere = !checksum.equals(current.checksum) && (await moveToDuplicate(ports, current));
  if (isElsewhere) return addAsset(ports, original);
  const { modifiedAt } = found;
  const replaced = await replaceOriginal(ports.db, current.id, { ...placeOf(original), checksum, modifiedAt });
  switch (replaced.outcome) {
    case 'unchanged':
      return { outcome: 'known' };
    case 'replaced':
      return { outcome: 'replaced', assetId: current.id };
    case 'duplicate':
      return settleDuplicate(ports, original, replaced.assetId);
    case 'changed':
      throw changedMeanwhile(found.key);
  }
}

function placeOf({ store, found, ownerFolder }: Original): FoundOriginal {
  const { key, sizeBytes, version } = found;
  return { store, key, sizeBytes, version, isExternal: isExternalLocation(key), ownerFolder };
}

async function addAsset(ports: DecisionPorts, original: Original): Promise<Imported> {
  const { db, seen } = ports;
  const { found, ownerId, libraryId, ownerFolder, checksum } = original;
  const { store, key, sizeBytes, version, isExternal } = placeOf(original);
  const { modifiedAt } = found;
  const id = newId();
  const created = await createAsset(db, {
    store,
    origin: { kind: 'found', version, ownerFolder },
    sidecarPath: findSidecar(seen, key),
    asset: {
      id,
      ownerId,
      libraryId,
      isExternal,
      type: findFormat(basename(key))?.kind === 'video' ? 'VIDEO' : 'IMAGE',
      checksum,
      originalPath: key,
      originalFileName: basename(key),
      fileSizeInByte: sizeBytes,
      fileCreatedAt: modifiedAt,
      fileModifiedAt: modifiedAt,
      localDateTime: modifiedAt,
    },
  });
  switch (created.outcome) {
    case 'created':
      return { outcome: 'asset', assetId: id };
    case 'duplicate':
      return settleDuplicate(ports, original, created.assetId);
    case 'quota-exceeded': {
      const facts = { state: 'refused', assetId: null, ownerId, sizeBytes, version, ownerFolder } as const;
      await recordObject(db, { store, key }, { ...facts, reason: 'quota exceeded' });
      return { outcome: 'refused' };
    }
    case 'no-motion-part':
    case 'lost':
      throw changedMeanwhile(found.key);
  }
}

/** Another asset has these bytes: the file is its duplicate or, if the asset's own file is gone, its renamed file. */
async function settleDuplicate(ports: DecisionPorts, original: Original, assetId: string): Promise<Imported> {
  const place = placeOf(original);
  const asset = await findAsset(ports.db, assetId);
  if (asset === undefined) throw changedMeanwhile(place.key);
  if (await isOriginalGone(ports, asset)) {
    if (!(await moveTo(ports, asset, place))) throw changedMeanwhile(place.key);
    return { outcome: 'moved', assetId };
  }
  const { sizeBytes, version, ownerFolder } = place;
  const facts = { state: 'duplicate', assetId, ownerId: original.ownerId, sizeBytes, version, ownerFolder } as const;
  await recordObject(ports.db, place, { ...facts, reason: null });
  return { outcome: 'duplicate' };
}

/** True if an asset's original is known to be gone, or its place no longer belongs to its owner and library. */
async function isOriginalGone(ports: DecisionPorts, asset: Asset): Promise<boolean> {
  const { isOffline, originalPath } = asset;
  if (isOffline) return true;
  const place = await findOwnership(ports, originalPath);
  if (place.state !== 'foreign' && !isOfPlace(asset, place)) return true;
  try {
    return ports.seen.find(originalPath) === undefined;
  } catch (error) {
    // An unavailable store does not say that the file is gone.
    if (isDarkroomError(error, 'store/unavailable')) return false;
    throw error;
  }
}
