import { sql } from 'kysely';
import type { Moment } from '#shared/time/moment.ts';
import type { Db } from '#shared/db/db.ts';
import { lockedWithMoment, momentOfAsset, momentOfExif } from './moment-columns.ts';
import type { AssetExif, AssetUpdate } from '#shared/db/tables.ts';

export interface AssetDescription {
  exif: Omit<AssetExif, 'assetId' | 'lockedProperties' | 'updatedAt' | 'dateTimeOriginal' | 'timeZone'>;
  moment: Moment;
  /** As displayed; null if the file does not say. */
  width: number | null;
  height: number | null;
}

/**
 * Writes what was read from a file. Columns that the user edited stay; of the moment, all columns stay or none. Call it
 * in the transaction that settles the stage: it holds the asset's row, so that no edit comes between.
 */
export async function describeAsset(
  tx: Db,
  assetId: string,
  { exif, moment, width, height }: AssetDescription,
): Promise<void> {
  const row = await tx
    .selectFrom('asset_exif')
    .select('lockedProperties')
    .where('assetId', '=', assetId)
    .executeTakeFirst();
  const locked = new Set(row?.lockedProperties);
  const free = Object.fromEntries(Object.entries(exif).filter(([column]) => !locked.has(column)));
  const takesMoment = !lockedWithMoment.some((column) => locked.has(column));
  await tx
    .insertInto('asset_exif')
    .values({ assetId, ...exif, ...momentOfExif(moment) })
    .onConflict((conflict) =>
      conflict
        .column('assetId')
        .doUpdateSet({ ...free, ...(takesMoment ? momentOfExif(moment) : {}), updatedAt: sql`now()` }),
    )
    .execute();
  await tx
    .updateTable('asset')
    .set({
      width,
      height,
      ...(takesMoment ? momentOfAsset(moment) : {}),
      ...shownInTimeline(free),
      updatedAt: sql`now()`,
    })
    .where('id', '=', assetId)
    .execute();
}

export type AssetShape = Pick<AssetExif, 'exifImageWidth' | 'exifImageHeight' | 'orientation'> &
  Pick<AssetDescription, 'width' | 'height'>;

/** Writes the dimensions of a picture of which nothing else could be read. Call it like `describeAsset`. */
export async function shapeAsset(tx: Db, assetId: string, { width, height, ...exif }: AssetShape): Promise<void> {
  await tx
    .insertInto('asset_exif')
    .values({ assetId, ...exif })
    .onConflict((conflict) => conflict.column('assetId').doUpdateSet({ ...exif, updatedAt: sql`now()` }))
    .execute();
  await tx
    .updateTable('asset')
    .set({ width, height, updatedAt: sql`now()` })
    .where('id', '=', assetId)
    .execute();
}

const columnsOfTimeline = ['city', 'country', 'projectionType', 'latitude', 'longitude'] as const;

/** The columns of asset_exif that the row in asset has too; both are written together. */
export function shownInTimeline(exif: Readonly<Record<string, unknown>>): AssetUpdate {
  return Object.fromEntries(columnsOfTimeline.filter((name) => name in exif).map((name) => [name, exif[name]]));
}
