import { markOffline } from '#shared/assets/offline-asset.ts';
import { moveOriginal, type FoundOriginal } from '#shared/assets/original.ts';
import { listDuplicatesOf } from '#shared/assets/stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isExternalLocation, storeNameOf } from '#shared/store/location.ts';
import type { DecisionPorts } from './decide.ts';
import { findOwnership, isOfPlace } from './ownership.ts';
import { followSidecar } from './sidecar.ts';

/**
 * For an asset whose original is gone: another file with the same bytes becomes its original, or the asset goes
 * offline. A deleted asset stays as it is.
 */
export async function relocateOrMarkOffline(
  ports: DecisionPorts,
  asset: Asset,
): Promise<'moved' | 'offline' | 'deleted'> {
  if (asset.status === 'deleted') return 'deleted';
  if (await moveToDuplicate(ports, asset)) return 'moved';
  await markOffline(ports.db, asset.id);
  return 'offline';
}

const duplicatesAtOnce = 8;

/** Makes a duplicate the original of an asset, if one lies in a place of its owner and library. */
export async function moveToDuplicate(ports: DecisionPorts, asset: Asset): Promise<boolean> {
  const { db, seen, store } = ports;
  const known = (await listDuplicatesOf(db, asset.id)).filter((it) => it.store === storeNameOf(store, it.key));
  for (const [index, { store: name, key, version, ownerFolder }] of known.entries()) {
    if (index % duplicatesAtOnce === 0) seen.require(known.slice(index, index + duplicatesAtOnce).map((it) => it.key));
    const found = seen.find(key);
    if (found === undefined || found.version !== version || !isOfPlace(asset, await findOwnership(ports, key)))
      continue;
    const { sizeBytes } = found;
    const isExternal = isExternalLocation(key);
    if (await moveTo(ports, asset, { store: name, key, sizeBytes, version, isExternal, ownerFolder })) return true;
  }
  return false;
}

/** Sets another place as the original of an asset. False if it was moved or deleted meanwhile. */
export async function moveTo(ports: DecisionPorts, asset: Asset, place: FoundOriginal): Promise<boolean> {
  if (!(await moveOriginal(ports.db, asset, place))) return false;
  await followSidecar(ports, asset.id, place.key);
  return true;
}
