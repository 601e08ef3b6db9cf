import { sql } from 'kysely';
import type { Db } from '../db.ts';
import type { AssetExif } from '../tables.ts';

export interface AssetDescription {
  exif: Omit<AssetExif, 'assetId' | 'lockedProperties' | 'updatedAt'>;
  localDateTime: Date;
  fileCreatedAt: Date;
  /** As people see it; null where the file does not say. */
  width: number | null;
  height: number | null;
}

/** Writes what was read from a file. Columns that the user edited stay as they are, and so do the dates that hang on them. */
export async function describeAsset(
  db: Db,
  assetId: string,
  { exif, localDateTime, fileCreatedAt, width, height }: AssetDescription,
): Promise<void> {
  const row = await db
    .selectFrom('asset_exif')
    .select('lockedProperties')
    .where('assetId', '=', assetId)
    .executeTakeFirst();
  const locked = new Set(row?.lockedProperties);
  const free = Object.fromEntries(Object.entries(exif).filter(([column]) => !locked.has(column)));
  await db
    .insertInto('asset_exif')
    .values({ assetId, ...exif })
    .onConflict((conflict) => conflict.column('assetId').doUpdateSet({ ...free, updatedAt: sql`now()` }))
    .execute();
  const dates = locked.has('dateTimeOriginal') ? {} : { localDateTime, fileCreatedAt };
  await db
    .updateTable('asset')
    .set({ width, height, ...dates, updatedAt: sql`now()` })
    .where('id', '=', assetId)
    .execute();
}
