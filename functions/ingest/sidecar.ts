import { extname } from 'node:path';
import { findAssetFilePath } from '#shared/assets/render-asset.ts';
import { listAssetsOfKeys, setSidecar } from '#shared/assets/sidecar.ts';
import { findFormat, listExtensions } from '#shared/media/formats.ts';
import { storeNameOf } from '#shared/store/location.ts';
import { listSidecarsOf } from '#shared/store/sidecar-name.ts';
import type { DecisionPorts } from './decide.ts';
import { findOwnership, isOfPlace } from './ownership.ts';
import type { Sightings } from './sightings.ts';

export function findSidecar(seen: Sightings, key: string): string | undefined {
  const candidates = listSidecarsOf(key);
  seen.require(candidates);
  return candidates.find((it) => seen.find(it) !== undefined);
}

/** Has the metadata of an asset read again if another sidecar than before lies beside its original now. */
export async function followSidecar({ db, seen }: DecisionPorts, assetId: string, key: string): Promise<void> {
  const path = findSidecar(seen, key);
  if ((await findAssetFilePath(db, assetId, 'sidecar')) !== path) await setSidecar(db, assetId, path);
}

/**
 * Has the metadata of the originals beside a sidecar read again after it appeared, changed or was removed. If it is not
 * new, only those whose recorded sidecar differs are read again. Returns the number of originals.
 */
export async function refreshSidecar(
  ports: DecisionPorts,
  sidecarKey: string,
  { isNew }: { isNew: boolean },
): Promise<number> {
  const { db, seen, store } = ports;
  const beside = await listAssetsOfKeys(db, storeNameOf(store, sidecarKey), listOriginalsOf(sidecarKey));
  let originals = 0;
  for (const { key, assetId, ownerId, libraryId } of beside) {
    if (!isOfPlace({ ownerId, libraryId }, await findOwnership(ports, key))) continue;
    if (isNew) await setSidecar(db, assetId, findSidecar(seen, key));
    else await followSidecar(ports, assetId, key);
    originals += 1;
  }
  return originals;
}

/** The keys that originals of this sidecar may have. */
function listOriginalsOf(sidecarKey: string): string[] {
  const stem = sidecarKey.slice(0, -extname(sidecarKey).length);
  if (findFormat(stem) !== undefined) return [stem];
  return mediaExtensions.flatMap((it) => [stem + it, stem + it.toUpperCase()]);
}

const mediaExtensions = [...listExtensions('image'), ...listExtensions('video')];
