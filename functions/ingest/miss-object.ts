import { basename } from 'node:path';
import { findAsset } from '#shared/db/queries/asset.ts';
import { markOffline } from '#shared/db/queries/offline-asset.ts';
import { moveOriginal } from '#shared/db/queries/original.ts';
import { deleteStoredObject, findStoredObject, listDuplicatesOf } from '#shared/db/queries/stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';
import { findFormat } from '#shared/media/formats.ts';
import { isExternalLocation, storeNameOf } from '#shared/store/location.ts';
import type { Store } from '#shared/store/store.ts';
import { findOwnership, type Ports as OwnershipPorts } from './ownership.ts';
import { refreshSidecar } from './sidecar.ts';

export interface Ports extends OwnershipPorts {
  store: Pick<Store, 'kind' | 'find'>;
}

/**
 * A watcher no longer sees a file: looked at again, and if it is gone, or lies outside of what is shown, its asset is
 * offline, or has its original in a file with the same bytes. No asset is ever deleted here.
 * @throws store/unavailable
 */
export async function missObject(
  ports: Ports,
  { key }: { key: string },
): Promise<'offline' | 'moved' | 'forgotten' | 'still-there' | 'unknown'> {
  const { db, store } = ports;
  const id = { store: storeNameOf(store, key), key };
  const ownership = await findOwnership(ports, key);
  if (ownership.state === 'foreign') return 'unknown';
  const isThere = (await store.find(key)) !== undefined;
  if (!isThere && findFormat(basename(key))?.kind === 'sidecar') await refreshSidecar(ports, key);
  const known = await findStoredObject(db, id);
  if (known === undefined) return 'unknown';
  if (known.state !== 'asset') {
    if (isThere) return 'still-there';
    if (known.reason !== 'deleted by its owner') await deleteStoredObject(db, id);
    return 'forgotten';
  }
  const asset = known.assetId === null ? undefined : await findAsset(db, known.assetId);
  if (asset === undefined || asset.status === 'deleted') return 'unknown';
  const isShown = ownership.state === 'owned' && ownership.libraryId === asset.libraryId;
  if (isThere && isShown) return 'still-there';
  if (await moveToDuplicate(ports, asset)) return 'moved';
  await markOffline(db, asset.id);
  return 'offline';
}

async function moveToDuplicate(ports: Ports, asset: Asset): Promise<boolean> {
  const { db, store } = ports;
  for (const { store: name, key, version, ownerFolder } of await listDuplicatesOf(db, asset.id)) {
    if (name !== storeNameOf(store, key)) continue;
    const ownership = await findOwnership(ports, key);
    const found = await store.find(key);
    const isSame = found !== undefined && found.etag === version;
    if (!isSame || ownership.state !== 'owned' || ownership.libraryId !== asset.libraryId) continue;
    const { sizeBytes } = found;
    const place = { store: name, key, sizeBytes, version, isExternal: isExternalLocation(key), ownerFolder };
    if (await moveOriginal(db, asset, place)) return true;
  }
  return false;
}
