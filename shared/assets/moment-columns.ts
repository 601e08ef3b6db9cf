import { sql, type RawBuilder } from 'kysely';
import type { Moment } from '#shared/time/moment.ts';

/** The columns of `asset` that say when the picture was taken. Their types keep other modules from changing them. */
export function momentOfAsset({
  instant,
  wallTime,
}: Moment): Record<'fileCreatedAt' | 'localDateTime', RawBuilder<never>> {
  return { fileCreatedAt: sql<never>`${instant}`, localDateTime: sql<never>`${wallTime}` };
}

/** The same for the columns of `asset_exif`. */
export function momentOfExif({
  instant,
  timeZone,
}: Moment): Record<'dateTimeOriginal' | 'timeZone', RawBuilder<never>> {
  return { dateTimeOriginal: sql<never>`${instant}`, timeZone: sql<never>`${timeZone}` };
}

/** A person's edit of one column locks all: a later reading of the file changes the moment as a whole or not at all. */
export const lockedWithMoment = ['dateTimeOriginal', 'timeZone'] as const;
