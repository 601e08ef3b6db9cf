import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { Asset } from '#shared/db/tables.ts';

export type Downloadable = Pick<Asset, 'id' | 'fileSizeInByte' | 'livePhotoVideoId'>;

/** What to download: these assets, those of an album, or all of an owner. */
export type DownloadScope = { ids: readonly string[] } | { albumId: string } | { ownerId: string; seesLocked: boolean };

/** The originals of a scope with their sizes, oldest first; the moving parts of live photos come after them. */
export async function listDownloadable(db: Db, scope: DownloadScope): Promise<Downloadable[]> {
  let query = db
    .selectFrom('asset')
    .select(['id', 'fileSizeInByte', 'livePhotoVideoId'])
    .where('status', '!=', 'deleted')
    .orderBy('fileCreatedAt')
    .orderBy('id');
  if ('ids' in scope) {
    query = query.where(sql<boolean>`"id" = any(${[...scope.ids]}::uuid[])`);
  } else {
    query = query.where('status', '=', 'active');
    query =
      'albumId' in scope
        ? query
            .where('visibility', 'in', ['timeline', 'archive'])
            .where('id', 'in', (eb) =>
              eb.selectFrom('album_asset').select('assetId').where('albumId', '=', scope.albumId),
            )
        : query
            .where('ownerId', '=', scope.ownerId)
            .where('visibility', 'in', scope.seesLocked ? ['timeline', 'archive', 'locked'] : ['timeline', 'archive']);
  }
  const assets = await query.execute();
  const known = new Set(assets.map((it) => it.id));
  const parts = assets.flatMap((it) => it.livePhotoVideoId ?? []).filter((id) => !known.has(id));
  return parts.length === 0 ? assets : [...assets, ...(await listDownloadable(db, { ids: parts }))];
}
