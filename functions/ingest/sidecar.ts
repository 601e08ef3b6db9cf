import { extname } from 'node:path';
import type { Db } from '#shared/db/db.ts';
import { listAssetsOfKeys, setSidecar } from '#shared/db/queries/sidecar.ts';
import { findFormat, listExtensions } from '#shared/media/formats.ts';
import { storeNameOf } from '#shared/store/location.ts';
import type { Store } from '#shared/store/store.ts';

export interface Ports {
  db: Db;
  store: Pick<Store, 'kind' | 'find'>;
}

/** The sidecar that lies beside an original: `a.jpg.xmp`, else `a.xmp`. */
export async function findSidecar({ store }: Pick<Ports, 'store'>, key: string): Promise<string | undefined> {
  const stem = key.slice(0, key.length - extname(key).length);
  for (const candidate of [`${key}.xmp`, `${stem}.xmp`]) {
    if (await store.find(candidate)) return candidate;
  }
  return undefined;
}

/** A sidecar appeared, changed or went away: the originals beside it are read again with what is there now. Returns how many. */
export async function refreshSidecar(ports: Ports, sidecarKey: string): Promise<number> {
  const { db, store } = ports;
  const originals = await listAssetsOfKeys(db, storeNameOf(store, sidecarKey), listOriginalsOf(sidecarKey));
  for (const { key, assetId } of originals) await setSidecar(db, assetId, await findSidecar(ports, key));
  return originals.length;
}

/** The keys that originals of this sidecar may have. */
function listOriginalsOf(sidecarKey: string): string[] {
  const stem = sidecarKey.slice(0, -extname(sidecarKey).length);
  if (findFormat(stem) !== undefined) return [stem];
  return mediaExtensions.flatMap((it) => [stem + it, stem + it.toUpperCase()]);
}

const mediaExtensions = [...listExtensions('image'), ...listExtensions('video')];
