import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { lockAssets } from './asset.ts';

/** Takes assets, with the moving parts of live photos, out of the trash. Offline assets stay in it. */
export async function restoreAssets(db: Db, ids: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select "id" from asset where "id" = any(${[...ids]}::uuid[])
      union select "livePhotoVideoId" from asset where "id" = any(${[...ids]}::uuid[]) and "livePhotoVideoId" is not null`.execute(
      tx,
    );
    await restore(
      tx,
      rows.map((row) => row.id),
    );
  });
}

/** Takes everything of an owner out of the trash. Returns how many there were, moving parts not counted. */
export async function restoreTrash(db: Db, ownerId: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    const rows = await tx
      .selectFrom('asset')
      .select('id')
      .where('ownerId', '=', ownerId)
      .where('status', '=', 'trashed')
      .execute();
    return restore(
      tx,
      rows.map((row) => row.id),
    );
  });
}

async function restore(tx: Db, ids: readonly string[]): Promise<number> {
  await lockAssets(tx, ids);
  const rows = await tx
    .updateTable('asset')
    .set({ status: 'active', deletedAt: null, updatedAt: sql`now()` })
    .where(sql<boolean>`"id" = any(${[...ids]}::uuid[])`)
    .where('status', '=', 'trashed')
    .where('isOffline', '=', false)
    .returning('visibility')
    .execute();
  return countShown(rows);
}

/**
 * Restarts the time of an asset in the trash: a client was told that its bytes are kept. False if it is not in the
 * trash any more, or was deleted.
 */
export async function restartTrashTime(db: Db, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('asset')
    .set({ deletedAt: sql`now()`, updatedAt: sql`now()` })
    .where('id', '=', id)
    .where('status', '=', 'trashed')
    .where('isOffline', '=', false)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Some assets that an owner has put into the trash; offline ones are left out. */
export async function listTrash(db: Db, ownerId: string, limit: number) {
  return db
    .selectFrom('asset')
    .select(['id', 'visibility'])
    .where('ownerId', '=', ownerId)
    .where('status', '=', 'trashed')
    .where('isOffline', '=', false)
    .limit(limit)
    .execute();
}

/** How many of these a client shows: a hidden one is the moving part of another. */
export const countShown = (rows: readonly { visibility: string }[]) =>
  rows.filter((row) => row.visibility !== 'hidden').length;

/** Restarts the time of everything in the trash. */
export async function keepTrashLonger(tx: Db): Promise<void> {
  await tx
    .updateTable('asset')
    .set({ deletedAt: sql`now()` })
    .where('status', '=', 'trashed')
    .where('isOffline', '=', false)
    .execute();
}
