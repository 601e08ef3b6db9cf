import { libraryPrefix } from '#shared/store/location.ts';
import { crashPoint } from '#shared/crash/crash-point.ts';
import type { Db } from '#shared/db/db.ts';
import { findAsset, forgetAsset, listAssetFiles } from '#shared/assets/asset.ts';
import { listFaceIdsOf } from '#shared/people/asset-face.ts';
import { findStoredObject } from '#shared/assets/stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';
import type { StoreIdentity } from '#shared/platform/store-identity.ts';
import { derivedKey, portraitKey } from '#shared/store/asset-keys.ts';
import { removeAccount } from '#shared/accounts/remove-account.ts';
import type { Store } from '#shared/store/store.ts';

export interface RemoveDeletedPorts {
  db: Db;
  store: Pick<Store, 'kind' | 'delete' | 'deleteVersion'>;
  identity: Pick<StoreIdentity, 'findHold' | 'beginDeleting'>;
}

/**
 * Removes the files of an asset that was deleted permanently, then its row. Checks the row first, and never relies on the
 * event alone. Files of external libraries are never removed. `held`: deletions are on hold since database and store may
 * be of different times; a later sweep announces the event again.
 */
export async function removeDeleted(
  { db, store, identity }: RemoveDeletedPorts,
  assetId: string,
): Promise<'removed' | 'kept' | 'held'> {
  const asset = await findAsset(db, assetId);
  if (asset?.status !== 'deleted') return 'kept';
  if (!(await identity.beginDeleting())) return 'held';
  const derived = (['thumbnail.webp', 'preview.jpeg'] as const).map((kind) =>
    derivedKey(asset.ownerId, asset.id, kind),
  );
  const portraits = (await listFaceIdsOf(db, assetId)).map((faceId) => portraitKey(asset.ownerId, faceId));
  const written = (await listAssetFiles(db, assetId)).map((file) => file.path);
  for (const path of new Set([...derived, ...portraits, ...written])) await store.delete(path);
  if (!asset.isExternal) await removeOriginal({ db, store }, asset);
  crashPoint('delete/after-files');
  await forgetAsset(db, asset);
  // This may have been the last asset of an account that is being removed.
  await removeAccount({ db, store }, asset.ownerId);
  return 'removed';
}

/** Other programs write to `library/` too, and may have replaced the file, or do so now. */
async function removeOriginal({ db, store }: Pick<RemoveDeletedPorts, 'db' | 'store'>, asset: Asset): Promise<void> {
  const key = asset.originalPath;
  if (!key.startsWith(libraryPrefix)) return await store.delete(key);
  const known = await findStoredObject(db, { store: store.kind, key });
  if (known?.assetId === asset.id && known.version !== null) await store.deleteVersion(key, known.version);
}
