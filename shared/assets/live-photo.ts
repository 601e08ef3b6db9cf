import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { AssetVisibility } from '#shared/db/tables.ts';

/** Why an asset cannot be the moving part of a photo. */
export type MotionPartFault = 'not-found' | 'not-a-video' | 'not-owned';

/**
 * Why an asset cannot be the moving part of a photo of this owner; undefined if it can. Its row is locked until the end
 * of the transaction, so that the answer stays true.
 */
export async function findMotionPartFault(
  tx: Db,
  videoId: string,
  ownerId: string,
): Promise<MotionPartFault | undefined> {
  const row = await tx
    .selectFrom('asset')
    .select(['type', 'ownerId'])
    .where('id', '=', videoId)
    .where('status', '!=', 'deleted')
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) return 'not-found';
  if (row.type !== 'VIDEO') return 'not-a-video';
  return row.ownerId === ownerId ? undefined : 'not-owned';
}

/** Hides a video that is the moving part of a photo. */
export async function hideMotionPart(db: Db, videoId: string): Promise<void> {
  await db
    .updateTable('asset')
    .set({ visibility: 'hidden', updatedAt: sql`now()` })
    .where('id', '=', videoId)
    .where('visibility', '!=', 'hidden')
    .execute();
}

/** Shows a video that was the moving part of a photo as an asset of its own, unless another photo uses it. */
export async function showMotionPart(db: Db, videoId: string, visibility: AssetVisibility): Promise<void> {
  await db
    .updateTable('asset')
    .set({ visibility, updatedAt: sql`now()` })
    .where('id', '=', videoId)
    .where('visibility', '=', 'hidden')
    .where('status', '!=', 'deleted')
    .where(
      sql<boolean>`not exists (select from asset photo where photo."livePhotoVideoId" = asset."id" and photo."status" <> 'deleted')`,
    )
    .execute();
}

/** The moving part that a photo has now. */
export async function findMotionPart(db: Db, photoId: string): Promise<string | undefined> {
  const row = await db.selectFrom('asset').select('livePhotoVideoId').where('id', '=', photoId).executeTakeFirst();
  return row?.livePhotoVideoId ?? undefined;
}
