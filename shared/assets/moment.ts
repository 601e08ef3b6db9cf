import { sql } from 'kysely';
import { momentAtInstant, type Moment } from '#shared/time/moment.ts';
import { nameOffset } from '#shared/time/time-zone.ts';
import type { Db } from '#shared/db/db.ts';
import { lockedWithMoment } from './moment-columns.ts';

export interface MomentOfAsset {
  assetId: string;
  moment: Moment;
}

/** When these assets were taken, in no order; ids without an asset are left out. */
export async function listMoments(db: Db, assetIds: readonly string[]): Promise<MomentOfAsset[]> {
  const rows = await db
    .selectFrom('asset')
    .leftJoin('asset_exif', 'asset_exif.assetId', 'asset.id')
    .select(['asset.id as assetId', 'fileCreatedAt', 'localDateTime', 'timeZone'])
    .where(sql<boolean>`asset."id" = any(${[...assetIds]}::uuid[])`)
    .execute();
  return rows.flatMap(({ assetId, fileCreatedAt, localDateTime, timeZone }) => {
    const moment = toMoment(fileCreatedAt, localDateTime, timeZone);
    return moment === undefined ? [] : [{ assetId, moment }];
  });
}

/**
 * Rows from before the moment was one value may have a wall time that does not match their zone: the wall time stays.
 */
function toMoment(instant: Date, wallTime: Date, timeZone: string | null): Moment | undefined {
  const named = momentAtInstant(instant, timeZone);
  if (named?.wallTime.getTime() === wallTime.getTime()) return named;
  const offset = nameOffset((wallTime.getTime() - instant.getTime()) / 60_000);
  return (
    (offset === undefined ? undefined : momentAtInstant(instant, offset)) ?? named ?? momentAtInstant(instant, null)
  );
}

/**
 * Sets when each of these pictures was taken, as a person said: no later reading of the file changes it. Call it in a
 * transaction that holds the rows of the assets (`lockAssets`).
 */
export async function setMoments(tx: Db, moments: readonly MomentOfAsset[]): Promise<void> {
  if (moments.length === 0) return;
  const ids = moments.map(({ assetId }) => assetId);
  const instants = moments.map(({ moment }) => moment.instant.toISOString());
  const wallTimes = moments.map(({ moment }) => moment.wallTime.toISOString());
  const timeZones = moments.map(({ moment }) => moment.timeZone);
  await sql`
    update asset set "fileCreatedAt" = m.instant, "localDateTime" = m."wallTime", "updatedAt" = now()
    from unnest(${ids}::uuid[], ${instants}::timestamptz[], ${wallTimes}::timestamptz[]) as m("assetId", instant, "wallTime")
    where asset."id" = m."assetId"`.execute(tx);
  await sql`
    update asset_exif set "dateTimeOriginal" = m.instant, "timeZone" = m."timeZone", "updatedAt" = now(),
      "lockedProperties" = array(select distinct unnest("lockedProperties" || ${[...lockedWithMoment]}::text[]))
    from unnest(${ids}::uuid[], ${instants}::timestamptz[], ${timeZones}::text[]) as m("assetId", instant, "timeZone")
    where asset_exif."assetId" = m."assetId"`.execute(tx);
}
