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

/** A file that was found under a key. */
export interface FoundOriginal extends ObjectKey {
  sizeBytes: number;
  version: string;
  isExternal: boolean;
  /** The owner folder; null if the file is in none. */
  ownerFolder: string | null;
}

/**
 * Moves the original of an asset to another key, where the same bytes were found; the old key has none. The asset keeps
 * everything and is online again if it was offline. False if it was moved or deleted meanwhile.
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
    // A stage that ran while the file was being moved did not find it.
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
  /** The asset was moved, deleted or is online again: the caller has to look at it again. */
  | 'changed'
  /** The reservation is gone: the bytes may be deleted. */
  | 'lost';

/**
 * Makes an upload of the same bytes, which Darkroom keeps under a reservation, the original of an asset. The old file
 * was only watched and becomes a duplicate. If the old file `isLost`, the asset becomes active whatever its status was,
 * since a client has just sent these bytes; otherwise the time of a trashed asset in the trash starts again.
 * @param known the asset as the caller read it; nothing is done if it changed meanwhile
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
  /**
   * Another asset has these bytes. This asset is now offline, since its own bytes are gone. The caller records the key.
   */
  | { outcome: 'duplicate'; assetId: string }
  /** The asset was deleted or moved: the caller has to look at it again. */
  | { outcome: 'changed' };

/**
 * Records the file that is under the key of an asset now. If its bytes differ, every stage is done again, in order;
 * edits by a person stay.
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
