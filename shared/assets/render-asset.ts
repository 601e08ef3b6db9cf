import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { insertRows } from '#shared/db/insert-rows.ts';
import type { AssetFileType } from '#shared/db/tables.ts';

export interface AssetRendering {
  thumbhash: Buffer;
  files: readonly { type: AssetFileType; path: string }[];
}

/** Records where the derivatives of an asset are. Idempotent. */
export async function renderAsset(db: Db, assetId: string, { thumbhash, files }: AssetRendering): Promise<void> {
  await db
    .updateTable('asset')
    .set({ thumbhash, updatedAt: sql`now()` })
    .where('id', '=', assetId)
    .execute();
  if (files.length === 0) return;
  const rows = files.map(({ type, path }) => ({ assetId, type, path }));
  await insertRows(db, 'asset_file', rows)
    .onConflict((conflict) =>
      conflict
        .columns(['assetId', 'type', 'isEdited'])
        .doUpdateSet({ path: sql`excluded."path"`, updatedAt: sql`now()` }),
    )
    .execute();
}

/** The path of a file of the unedited asset. */
export async function findAssetFilePath(db: Db, assetId: string, type: AssetFileType): Promise<string | undefined> {
  const row = await db
    .selectFrom('asset_file')
    .select('path')
    .where('assetId', '=', assetId)
    .where('type', '=', type)
    .where('isEdited', '=', false)
    .executeTakeFirst();
  return row?.path;
}
