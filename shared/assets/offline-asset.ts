import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { belongsToUser } from '#shared/users/owner-folder.ts';
import { retryForOriginal } from '#shared/stages/stage-queue.ts';

/** SQL, true of an asset `a` and its object `o` if the asset may be shown when its file is there. */
export const mayBeShown = sql<boolean>`(a."status" <> 'deleted' and ${belongsToUser(sql`o."ownerFolder"`)})`;

/**
 * Marks an asset whose original is not there as offline. It is hidden like trash, keeps its derivatives and everything
 * that a person added, and no rule deletes it until it is back. Idempotent.
 */
export async function markOffline(db: Db, assetId: string): Promise<void> {
  await db
    .updateTable('asset')
    .set({
      isOffline: true,
      statusWhenSeen: sql`"status"`,
      status: 'trashed',
      deletedAt: sql`coalesce("deletedAt", now())`,
      updatedAt: sql`now()`,
    })
    .where('id', '=', assetId)
    .where('isOffline', '=', false)
    .where('status', '!=', 'deleted')
    .execute();
}

/**
 * Undoes `markOffline`: the asset has its former status, trashed if its owner had trashed it. Only stages that failed
 * because the original was missing are done again.
 */
export async function markOnline(db: Db, assetId: string): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable('asset')
    .set({
      isOffline: false,
      status: sql`coalesce("statusWhenSeen", "status")`,
      deletedAt: sql`case when coalesce("statusWhenSeen", "status") = 'active' then null else "deletedAt" end`,
      statusWhenSeen: null,
      updatedAt: sql`now()`,
    })
    .where('id', '=', assetId)
    .where('isOffline', '=', true)
    .where('status', '!=', 'deleted')
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await retryForOriginal(db, assetId);
}
