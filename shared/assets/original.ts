import { basename } from 'node:path';
import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { inSavepoint, inTransaction } from '#shared/db/transaction.ts';
import { beginStagesAnew, retryForOriginal } from '#shared/stages/stage-queue.ts';
import { forceQuotaUsage } from '#shared/users/quota.ts';
import { findAssetByChecksum } from './create-asset.ts';
import { markOffline, markOnline } from './offline-asset.ts';
import { setSidecar } from './sidecar.ts';
import { keepReservation, recordObject, type ObjectKey } from './stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';

/** What was found under a key. */
export interface FoundOriginal extends ObjectKey {
  sizeBytes: number;
  version: string;
  isExternal: boolean;
  /** The folder that says whose it is, if one does. */
  ownerFolder: string | null;
}

/**
 * Lets an asset have its original elsewhere: the same bytes were found under another key, and none under the old one.
 * The asset keeps everything, and comes back if it was offline. False if it was moved or deleted meanwhile.
 */
export async function moveOriginal(
  db: Db,
  { id, ownerId, originalPath, originalFileName }: Pick<Asset, 'id' | 'ownerId' | 'originalPath' | 'originalFileName'>,
  { store, key, sizeBytes, version, isExternal, ownerFolder }: FoundOriginal,
): Promise<boolean> {
  const isNamedByFile = originalFileName === basename(originalPath);
  return inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('asset')
      .set({
        originalPath: key,
        isExternal,
        ...(isNamedByFile ? { originalFileName: basename(key) } : {}),
        updatedAt: sql`now()`,
      })
      .where('id', '=', id)
      .where('originalPath', '=', originalPath)
      .where('status', '!=', 'deleted')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await forgetKey(tx, id, originalPath);
    await recordObject(
      tx,
      { store, key },
      { state: 'asset', assetId: id, ownerId, sizeBytes, version, reason: null, ownerFolder },
    );
    await markOnline(tx, id);
    // A stage that ran while the file was on its way did not find it.
    await retryForOriginal(tx, id);
    return true;
  });
}

async function lockAsset(tx: Db, id: string) {
  return tx
    .selectFrom('asset')
    .select(['ownerId', 'libraryId', 'originalPath', 'isOffline', 'checksum', 'fileSizeInByte'])
    .where('id', '=', id)
    .where('status', '!=', 'deleted')
    .forUpdate()
    .executeTakeFirst();
}

export interface UploadedOriginal extends ObjectKey {
  sizeBytes: number;
  sidecarPath?: string | undefined;
}

export type TakenOver =
  | 'taken-over'
  /** It was moved or deleted, or came back: to be looked at again. */
  | 'changed'
  /** The reservation was taken away: the bytes may be gone. */
  | 'lost';

/**
 * Lets an asset have its original in an upload of the same bytes, which Darkroom keeps under a reservation. Its old file
 * was merely watched, and is a copy from then on; or it is `lost`, and then the asset is active again, whatever it was:
 * somebody has just sent these bytes to be kept. In the trash its time starts anew.
 * @param known what was looked at; nothing is done if that changed meanwhile
 */
export async function takeOverOriginal(
  db: Db,
  known: Pick<Asset, 'id' | 'originalPath' | 'isOffline' | 'status'> & { isLost: boolean },
  { store, key, sizeBytes, sidecarPath }: UploadedOriginal,
): Promise<TakenOver> {
  const { id, originalPath, isLost } = known;
  return inSavepoint(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('asset')
      .set({ originalPath: key, isExternal: false, updatedAt: sql`now()` })
      .set(isLost ? active : { deletedAt: known.status === 'trashed' ? sql`now()` : null })
      .where('id', '=', id)
      .where('originalPath', '=', originalPath)
      .where('isOffline', '=', known.isOffline)
      .where('status', '=', known.status)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return 'changed';
    await (isLost ? forgetKey(tx, id, originalPath) : keepAsCopy(tx, id, originalPath));
    if (!(await keepReservation(tx, { store, key }, { assetId: id, sizeBytes }))) throw new ReservationLost();
    if (sidecarPath === undefined) await retryForOriginal(tx, id);
    else await setSidecar(tx, id, sidecarPath);
    return 'taken-over';
  }).catch((error: unknown) => {
    if (error instanceof ReservationLost) return 'lost';
    throw error;
  });
}

class ReservationLost extends Error {}

async function forgetKey(tx: Db, assetId: string, key: string): Promise<void> {
  await tx.deleteFrom('stored_object').where('assetId', '=', assetId).where('key', '=', key).execute();
}

async function keepAsCopy(tx: Db, assetId: string, key: string): Promise<void> {
  await tx
    .updateTable('stored_object')
    .set({ state: 'duplicate', changedAt: sql`now()` })
    .where('assetId', '=', assetId)
    .where('key', '=', key)
    .execute();
}

const active = { status: 'active', statusWhenSeen: null, deletedAt: null, isOffline: false } as const;

export interface NewContent extends FoundOriginal {
  checksum: Buffer;
  modifiedAt: Date;
}

export type Replaced =
  | { outcome: 'unchanged' | 'replaced' }
  /** The bytes are another asset's. This one is offline: its picture is nowhere. The key is to be written down by the caller. */
  | { outcome: 'duplicate'; assetId: string }
  /** It was deleted or moved: to be looked at again. */
  | { outcome: 'changed' };

/**
 * Takes in what is under the key of an asset now. Other bytes make every stage be done again, in order; what a person
 * edited stays.
 */
export async function replaceOriginal(
  db: Db,
  assetId: string,
  { store, key, sizeBytes, version, ownerFolder, checksum, modifiedAt }: NewContent,
): Promise<Replaced> {
  return inTransaction(db, async (tx) => {
    const asset = await lockAsset(tx, assetId);
    if (asset === undefined || asset.originalPath !== key) return { outcome: 'changed' };
    const isSame = checksum.equals(asset.checksum);
    if (!isSame) {
      const other = await findAssetByChecksum(tx, asset.ownerId, checksum, asset.libraryId);
      if (other !== undefined) {
        await markOffline(tx, assetId);
        return { outcome: 'duplicate', assetId: other.id };
      }
    }
    const facts = {
      state: 'asset',
      assetId,
      ownerId: asset.ownerId,
      sizeBytes,
      version,
      ownerFolder,
      reason: null,
    } as const;
    await recordObject(tx, { store, key }, facts);
    await markOnline(tx, assetId);
    if (isSame) return { outcome: 'unchanged' };
    await tx
      .updateTable('asset')
      .set({ checksum, fileSizeInByte: sizeBytes, fileModifiedAt: modifiedAt, updatedAt: sql`now()` })
      .where('id', '=', assetId)
      .execute();
    if (asset.libraryId === null) await forceQuotaUsage(tx, asset.ownerId, sizeBytes - asset.fileSizeInByte);
    await beginStagesAnew(tx, assetId);
    return { outcome: 'replaced' };
  });
}
