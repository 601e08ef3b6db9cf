import { findAsset } from '#shared/assets/asset.ts';
import { findStoredObject } from '#shared/assets/stored-object.ts';
import type { Asset, StoredObject } from '#shared/db/tables.ts';
import { storeNameOf } from '#shared/store/location.ts';
import type { Store } from '#shared/store/store.ts';
import { isOfPlace, type Ownership, type OwnershipPorts } from './ownership.ts';

export interface ObjectStatePorts extends OwnershipPorts {
  store: Pick<Store, 'kind'>;
}

/** The owner of a key, and what is recorded about it. */
export interface ObjectState {
  id: { store: string; key: string };
  ownership: Ownership;
  known: StoredObject | undefined;
  /** The asset whose original is under the key, if the place belongs to its owner and library. */
  current: Asset | undefined;
  /** The asset whose original was under the key while the place belonged to its owner and library. */
  former: Asset | undefined;
}

/** @param findOwner `findOwnership`, or `holdOwnership` within a transaction that decides */
export async function readObjectState(
  ports: ObjectStatePorts,
  key: string,
  findOwner: (ports: OwnershipPorts, location: string) => Promise<Ownership>,
): Promise<ObjectState> {
  const { db, store } = ports;
  const id = { store: storeNameOf(store, key), key };
  const ownership = await findOwner(ports, key);
  const known = await findStoredObject(db, id);
  const assetId = known?.state === 'asset' ? known.assetId : null;
  const asset = assetId === null ? undefined : await findAsset(db, assetId);
  const isCurrent = asset !== undefined && isOfPlace(asset, ownership);
  return { id, ownership, known, current: isCurrent ? asset : undefined, former: isCurrent ? undefined : asset };
}
