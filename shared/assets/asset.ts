import { sql } from 'kysely';
import { assetDeleted } from '#shared/events/new-event.ts';
import type { Db } from '#shared/db/db.ts';
import type { Asset, AssetFile } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { addQuotaUsage } from '#shared/users/quota.ts';
import type { KnownAsset } from './create-asset.ts';
import { copyToOutbox, eventIdOf, writeOutbox } from '#shared/outbox/outbox.ts';

export async function findAsset(db: Db, id: string): Promise<Asset | undefined> {
  return db.selectFrom('asset').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Every asset of the owner that has one of these checksums and is in no library, including trashed and offline ones.
 */
export async function listAssetsByChecksum(
  db: Db,
  ownerId: string,
  checksums: readonly Buffer[],
): Promise<(KnownAsset & Pick<Asset, 'checksum'>)[]> {
  if (checksums.length === 0) return [];
  return db
    .selectFrom('asset')
    .select(['id', 'checksum', 'originalPath', 'fileSizeInByte', 'isOffline', 'status'])
    .where('ownerId', '=', ownerId)
    .where('libraryId', 'is', null)
    .where('status', '!=', 'deleted')
    .where('checksum', 'in', [...checksums])
    .execute();
}

export async function listAssetFiles(db: Db, assetId: string): Promise<AssetFile[]> {
  return db.selectFrom('asset_file').selectAll().where('assetId', '=', assetId).execute();
}

/**
 * Deletes assets permanently: they leave every list, the checksum index and the quota at once. The event written here
 * has their files removed, and triggers update what refers to them (`follow_asset`). Assets already deleted are left
 * alone; with `trashed` also those that were restored meanwhile and those that are offline. Returns those that it
 * deleted.
 */
export async function deleteAssets(
  db: Db,
  ids: readonly string[],
  which: 'all' | 'trashed' = 'all',
): Promise<Pick<Asset, 'id' | 'ownerId'>[]> {
  if (ids.length === 0) return [];
  return inTransaction(db, async (tx) => {
    await lockAssets(tx, ids);
    await lockOwners(tx, ids);
    const deleted = await tx
      .updateTable('asset')
      .set({ status: 'deleted', deletedAt: sql`now()`, updatedAt: sql`now()` })
      .where('id', 'in', [...ids])
      .where('status', 'in', which === 'trashed' ? ['trashed'] : ['active', 'trashed'])
      .where('isOffline', 'in', which === 'trashed' ? [false] : [false, true])
      .returning(['id', 'ownerId', 'fileSizeInByte', 'libraryId'])
      .execute();
    if (deleted.length === 0) return [];
    for (const [ownerId, bytes] of sumByOwner(deleted)) await addQuotaUsage(tx, ownerId, -bytes);
    await writeOutbox(tx, deleted.map(assetDeleted));
    return deleted;
  });
}

/**
 * Permanently deletes every asset of a library, or of an owner, in a few statements however many there are: as
 * `deleteAssets`, but the caller updates the quota.
 */
export async function deleteAllAssets(tx: Db, of: { column: 'libraryId' | 'ownerId'; id: string }): Promise<void> {
  const which = sql`${sql.ref(of.column)} = ${of.id} and "status" <> 'deleted'`;
  await sql`select from asset where ${which} order by "id" for no key update`.execute(tx);
  const { type, source } = assetDeleted({ id: '', ownerId: '' });
  await copyToOutbox(
    tx,
    sql`
      select ${eventIdOf(type, sql`"id"`)} as "id", ${type} as "type", ${source} as "source", "id"::text as "subject",
        jsonb_build_object('assetId', "id", 'ownerId', "ownerId") as "data", false as "isAcknowledged"
      from asset where ${which}`,
  );
  await sql`update asset set "status" = 'deleted', "deletedAt" = now(), "updatedAt" = now() where ${which}`.execute(tx);
}

/**
 * Locks the assets of faces in the order of their ids, after `lockPeopleOf`, so that their visibility does not change.
 */
export async function lockAssetsOfFaces(tx: Db, faceIds: readonly string[]): Promise<void> {
  await sql`
    select from asset where "id" in (select "assetId" from asset_face where "id" = any(${[...faceIds]}::uuid[]))
    order by "id" for share`.execute(tx);
}

/**
 * Locks the rows of assets in one order, so that concurrent changes of the same assets wait for each other; rows that
 * refer to them can still be added.
 */
export async function lockAssets(tx: Db, ids: readonly string[]): Promise<void> {
  await sql`select from asset where "id" = any(${[...ids]}::uuid[]) order by "id" for no key update`.execute(tx);
}

/** Locks owners before the triggers lock the counts of months: the order of `createAsset`. */
async function lockOwners(tx: Db, ids: readonly string[]): Promise<void> {
  await sql`
    select from "user" where "id" in (select "ownerId" from asset where "id" = any(${[...ids]}::uuid[]))
    order by "id" for no key update`.execute(tx);
}

function sumByOwner(
  assets: readonly { ownerId: string; fileSizeInByte: number; libraryId: string | null }[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { ownerId, fileSizeInByte, libraryId } of assets.toSorted((a, b) => a.ownerId.localeCompare(b.ownerId))) {
    if (libraryId === null) sums.set(ownerId, (sums.get(ownerId) ?? 0) + fileSizeInByte);
  }
  return sums;
}

/**
 * Claims assets that were deleted, or announced as deleted, before a moment and still have their row: their event or
 * its handling was lost. Those that have waited longest come first, and count as announced now.
 */
export async function claimLostDeletions(
  db: Db,
  before: Date,
  limit: number,
): Promise<Pick<Asset, 'id' | 'ownerId'>[]> {
  const { rows } = await sql<Pick<Asset, 'id' | 'ownerId'>>`
    update asset set "deletedAt" = now() where "id" in (
      select "id" from asset where "status" = 'deleted' and "deletedAt" < ${before}
      order by "deletedAt" limit ${limit} for update skip locked
    ) returning "id", "ownerId"`.execute(db);
  return rows;
}

/** Trashed assets whose time in the trash is over, the oldest first; never offline ones. */
export async function listExpiredTrash(
  db: Db,
  { days, after, limit }: { days: number; after: ExpiredTrash | undefined; limit: number },
): Promise<ExpiredTrash[]> {
  const { rows } = await sql<ExpiredTrash>`
    select "id", "deletedAt" from asset
    where "status" = 'trashed' and not "isOffline" and "deletedAt" < now() - make_interval(days => ${days})
      and (${after === undefined}::boolean or ("deletedAt", "id") > (${after?.deletedAt ?? null}::timestamptz, ${after?.id ?? null}::uuid))
    order by "deletedAt", "id" limit ${limit}`.execute(db);
  return rows;
}

export interface ExpiredTrash {
  id: string;
  deletedAt: Date;
}

/**
 * Removes the row of an asset whose files are gone, with everything that refers to it. A file that stays, because it is
 * not Darkroom's, is recorded as deleted by its owner, so that it is not imported until it changes; if its library is
 * deleted too, the record is removed.
 */
export async function forgetAsset(
  db: Db,
  { id, originalPath, isExternal, libraryId }: Pick<Asset, 'id' | 'originalPath' | 'isExternal' | 'libraryId'>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`
      delete from stored_object where "assetId" = ${id} and (
        ("key" = ${originalPath} and not ${isExternal}::boolean) or "state" not in ('asset', 'duplicate')
        or exists (select from library where library."id" = ${libraryId} and "deletedAt" is not null)
      )`.execute(tx);
    await tx
      .updateTable('stored_object')
      .set({
        state: 'refused',
        reason: 'deleted by its owner',
        code: 'deleted-by-owner',
        assetId: null,
        changedAt: sql`now()`,
      })
      .where('assetId', '=', id)
      .execute();
    await tx.deleteFrom('asset').where('id', '=', id).where('status', '=', 'deleted').execute();
  });
}

/** Locks the asset's row for the rest of the transaction and says whether it is still there. */
export async function isAssetAlive(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom('asset').select('status').where('id', '=', id).forShare().executeTakeFirst();
  return row !== undefined && row.status !== 'deleted';
}
