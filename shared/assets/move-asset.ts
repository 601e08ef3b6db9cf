import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { retryForOriginal } from '#shared/stages/stage-queue.ts';
import { sidecarOf } from '#shared/store/sidecar-name.ts';
import { markOnline } from './offline-asset.ts';
import { deleteStoredObject, findStoredObject, type ObjectKey } from './stored-object.ts';

export interface AssetMove {
  assetId: string;
  from: ObjectKey;
  to: ObjectKey;
  version: string;
  fileName: string;
  /** The folder that says whose the new place is, if one does. */
  ownerFolder: string | null;
}

/**
 * Gives an asset the location that its file has now; its id, faces and albums stay. What failed because the file was not
 * there is done again, and an asset that was offline is online. False if the asset is not at `from` or something else is
 * at `to`: then nothing is changed.
 */
export async function moveAsset(db: Db, move: AssetMove): Promise<boolean> {
  const { assetId, from, to } = move;
  const target = await findStoredObject(db, to);
  if (target?.state === 'asset' || target?.state === 'reserved') return false;
  const source = await findStoredObject(db, from);
  if (source?.state !== 'asset' || source.assetId !== assetId) return false;
  await deleteStoredObject(db, to);
  await db
    .updateTable('stored_object')
    .set({
      store: to.store,
      key: to.key,
      version: move.version,
      ownerFolder: move.ownerFolder,
      changedAt: sql`now()`,
    })
    .where('store', '=', from.store)
    .where('key', '=', from.key)
    .execute();
  await db
    .updateTable('asset')
    .set({ originalPath: to.key, originalFileName: move.fileName, updatedAt: sql`now()` })
    .where('id', '=', assetId)
    .execute();
  await db
    .updateTable('asset_file')
    .set({ path: sidecarOf(to.key), updatedAt: sql`now()` })
    .where('assetId', '=', assetId)
    .where('type', '=', 'sidecar')
    .where('path', '=', sidecarOf(from.key))
    .execute();
  await markOnline(db, assetId);
  await retryForOriginal(db, assetId);
  return true;
}
