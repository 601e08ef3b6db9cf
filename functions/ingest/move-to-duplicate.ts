import { moveOriginal } from '#shared/db/queries/original.ts';
import { listDuplicatesOf } from '#shared/db/queries/stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isExternalLocation, storeNameOf } from '#shared/store/location.ts';
import type { Ports } from './look-at.ts';
import { findOwnership } from './ownership.ts';

/** Lets an asset have its original in another file with the same bytes, if one is there and shown by the same library. */
export async function moveToDuplicate(ports: Ports, asset: Asset): Promise<boolean> {
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
