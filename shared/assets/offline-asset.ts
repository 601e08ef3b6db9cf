import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { belongsToUser } from '#shared/users/owner-folder.ts';
import { retryForOriginal } from '#shared/stages/stage-queue.ts';

/** SQL, true of an asset `a` and its object `o`: it may be shown if its file is there. */
export const mayBeShown = sql<boolean>`(a."status" <> 'deleted' and ${belongsToUser(sql`o."ownerFolder"`)})`;

/**
 * Says that the original of an asset is not there. The asset is hidden as trash is, keeps everything that was made of it
 * and everything that a person added, and is deleted by no rule until it comes back. Doing it twice is doing it once.
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
 * Takes that back: the asset is what it was, in the trash if its owner had put it there. Nothing is made again but what
 * failed for want of the original.
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
