import type { AssetEdit } from '#shared/assets/asset-details.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { findPlace } from '#shared/media/find-place.ts';
import { momentAtInstant, momentAtWallTime, type Moment } from '#shared/time/moment.ts';
import { nameOffset } from '#shared/time/time-zone.ts';
import { parseLocalDate } from '../http/parse-date.ts';
import type { AssetChanges } from './asset-schemas.ts';

/** Converts the changes of a request for the database: resolves the moment, and the place of the position. @throws input/invalid */
export async function toEdit(changes: AssetChanges): Promise<AssetEdit> {
  const { dateTimeOriginal, dateTimeRelative, timeZone, latitude, longitude, ...rest } = changes;
  const edit: AssetEdit = { ...rest };
  const moment = toMoment({ dateTimeOriginal, dateTimeRelative, timeZone });
  if (moment !== undefined) edit.moment = moment;
  if (latitude !== undefined && longitude !== undefined) {
    const place = await findPlace(latitude, longitude);
    edit.position = {
      latitude,
      longitude,
      city: place?.city ?? null,
      state: place?.state ?? null,
      country: place?.country ?? null,
    };
  }
  return edit;
}

/**
 * The change of the moment: set a date, then shift it by minutes, then convert it to a zone. A date without an offset is
 * in that zone. Without a date the change starts from the asset's own.
 */
function toMoment({
  dateTimeOriginal,
  dateTimeRelative = 0,
  timeZone,
}: Pick<AssetChanges, 'dateTimeOriginal' | 'dateTimeRelative' | 'timeZone'>): AssetEdit['moment'] {
  const said = dateTimeOriginal === undefined ? undefined : parseMoment(dateTimeOriginal, timeZone);
  if (said !== undefined) return move(said, dateTimeRelative, timeZone);
  if (dateTimeRelative === 0 && timeZone === undefined) return undefined;
  return (current) => move(current, dateTimeRelative, timeZone);
}

function move({ instant, timeZone: before }: Moment, minutes: number, timeZone = before): Moment {
  const moved = new Date(instant.getTime() + minutes * 60_000);
  return checkMoment(Number.isNaN(moved.getTime()) ? undefined : momentAtInstant(moved, timeZone));
}

/** The zone is the offset in the date, else `timeZone`. */
function parseMoment(text: string, timeZone = 'UTC'): Moment {
  const date = parseLocalDate(text);
  if (date === undefined) throw new DarkroomError('input/invalid', 'dateTimeOriginal is no date');
  if (!date.hasOffset) return checkMoment(momentAtWallTime(date.local, timeZone));
  const offset = nameOffset((date.local.getTime() - date.at.getTime()) / 60_000);
  return checkMoment(offset === undefined ? undefined : momentAtInstant(date.at, offset));
}

function checkMoment(moment: Moment | undefined): Moment {
  if (moment === undefined) throw new DarkroomError('input/invalid', 'There is no such date or time zone');
  return moment;
}
