import { sql } from 'kysely';
import type { Db } from '../db.ts';

/** True if `videoId` is a video of this owner, which may be the moving part of a photo. */
export async function isMotionPartOf(db: Db, videoId: string, ownerId: string): Promise<boolean> {
  const row = await db
    .selectFrom('asset')
    .select('id')
    .where('id', '=', videoId)
    .where('ownerId', '=', ownerId)
    .where('type', '=', 'VIDEO')
    .where('status', '!=', 'deleted')
    .executeTakeFirst();
  return row !== undefined;
}

/** The moving part of a photo is not shown by itself. */
export async function hideMotionPart(db: Db, videoId: string): Promise<void> {
  await db
    .updateTable('asset')
    .set({ visibility: 'hidden', updatedAt: sql`now()` })
    .where('id', '=', videoId)
    .where('visibility', '!=', 'hidden')
    .execute();
}
