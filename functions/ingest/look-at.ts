import { findAsset } from '#shared/db/queries/asset.ts';
import { findStoredObject } from '#shared/db/queries/stored-object.ts';
import type { Asset, StoredObject as ObjectRow } from '#shared/db/tables.ts';
import { storeNameOf } from '#shared/store/location.ts';
import type { Store, StoredObject } from '#shared/store/store.ts';
import { findOwnership, type Ownership, type Ports as OwnershipPorts } from './ownership.ts';

export interface Ports extends OwnershipPorts {
  store: Pick<Store, 'kind' | 'find'>;
}

/** What is under a key now, whose it is, and what is known of it. */
export interface Look {
  id: { store: string; key: string };
  ownership: Ownership;
  found: StoredObject | undefined;
  known: ObjectRow | undefined;
  /** The asset that has its original under the key. */
  current: Asset | undefined;
}

export async function lookAt(ports: Ports, key: string): Promise<Look> {
  const { db, store } = ports;
  const id = { store: storeNameOf(store, key), key };
  const ownership = await findOwnership(ports, key);
  const found = ownership.state === 'foreign' ? undefined : await store.find(key);
  const known = await findStoredObject(db, id);
  const assetId = known?.state === 'asset' ? known.assetId : null;
  return { id, ownership, found, known, current: assetId === null ? undefined : await findAsset(db, assetId) };
}

/** Files that may be each other's duplicates, or one another renamed, are decided on one after the other. */
export function scopeOf({ ownership, current }: Look): string {
  const { ownerId, libraryId } = current ?? (ownership.state === 'owned' ? ownership : nobody);
  return `originals of ${ownerId} in ${libraryId ?? 'no library'}`;
}

const nobody = { ownerId: 'nobody', libraryId: null };
