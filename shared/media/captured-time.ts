import tzLookup from '@photostructure/tz-lookup';
import { momentAtInstant, momentAtWallTime, type Moment } from '#shared/time/moment.ts';
import { findOffsetMinutes, nameOffset } from '#shared/time/time-zone.ts';
import { parseDateText, parseOffset, type DatePrecision, type DateText } from './parse-date-text.ts';
import { findPosition, toText, type Tags } from './tag-values.ts';

/** When a picture was taken, according to one file. */
export interface FoundTime {
  captured: CapturedTime | undefined;
  /** Given by a tag of its own. */
  namedZone: string | undefined;
  /** Inferred from the position, or from a timestamp that is known to be UTC. */
  inferredZone: string | undefined;
}

export type CapturedTime =
  /** The local time as if it were UTC, and the zone if the date contains one. */
  | { wallTime: Date; timeZone: string | undefined; instant?: never }
  /** A time given in UTC; the local time is unknown. */
  | { instant: Date; wallTime?: never; timeZone?: never };

/** The tags that may contain the time of capture, best first. */
export const captureTimeTags = [
  'SubSecDateTimeOriginal',
  'SubSecCreateDate',
  'DateTimeOriginal',
  'CreationDate',
  'CreateDate',
  'MediaCreateDate',
  'DateTimeCreated',
  'DateCreated',
  'GPSDateTime',
  'DateTimeUTC',
  'SonyDateTime2',
  'SourceImageCreateTime',
] as const;

type CaptureTimeTag = (typeof captureTimeTags)[number];

/** These describe the picture itself; the others may describe a file made from it, for example a scan of a print. */
const tagsOfPicture = new Set<string>([
  'SubSecDateTimeOriginal',
  'DateTimeOriginal',
  'CreationDate',
  'DateTimeCreated',
  'DateCreated',
]);
const tagsInUtc = new Set<string>(['GPSDateTime', 'DateTimeUTC', 'SonyDateTime2']);

/** The tags that `findTime` reads besides those of the date. */
export const zoneTags = [
  'OffsetTimeOriginal',
  'OffsetTimeDigitized',
  'TimeZone',
  'TimeZoneOffset',
  'DaylightSavings',
  'MIMEType',
] as const;

export function findTime(tags: Tags): FoundTime {
  const isVideo = toText(tags['MIMEType'])?.startsWith('video/') === true;
  const dates = captureTimeTags.flatMap((name) => readDate(tags, name));
  const chosen = chooseDate(dates);
  return {
    captured: chosen === undefined ? undefined : toCapturedTime(chosen, isVideo),
    namedZone: findNamedZone(tags),
    inferredZone: findZoneOfPlace(tags) ?? findZoneOfDate(dates) ?? (isVideo ? 'UTC' : undefined),
  };
}

interface NamedDate extends DateText {
  name: CaptureTimeTag;
}

function readDate(tags: Tags, name: CaptureTimeTag): NamedDate[] {
  const text = toText(tags[name]);
  const date = text === null ? undefined : parseDateText(text);
  return date === undefined ? [] : [{ ...date, name }];
}

const precisions: readonly DatePrecision[] = ['year', 'month', 'day', 'time'];
const isFuller = (a: DateText, b: DateText) => precisions.indexOf(a.precision) > precisions.indexOf(b.precision);

/**
 * Chooses the first date with a time. If the picture's own date is less precise, a more precise date is chosen only if
 * it lies within that one or is one of the picture's own tags: a print of 1987 that was scanned in 2015 gets 1987.
 */
function chooseDate(dates: readonly NamedDate[]): NamedDate | undefined {
  const fullest = (list: readonly NamedDate[]) =>
    list.reduce<NamedDate | undefined>((best, it) => (best === undefined || isFuller(it, best) ? it : best), undefined);
  const own = fullest(dates.filter(({ name }) => tagsOfPicture.has(name)));
  if (own === undefined || own.precision === 'time') return fullest(dates);
  const length = { year: 4, month: 7, day: 10 }[own.precision];
  const period = (date: DateText) => date.wallTime.toISOString().slice(0, length);
  return fullest([own, ...dates.filter((it) => isFuller(it, own) && period(it) === period(own))]);
}

function toCapturedTime({ name, wallTime, timeZone, precision }: NamedDate, isVideo: boolean): CapturedTime {
  if (tagsInUtc.has(name)) return { instant: inUtc(wallTime, timeZone) };
  if (isVideo && timeZone === undefined && precision === 'time') return { instant: wallTime };
  return { wallTime, timeZone };
}

function inUtc(wallTime: Date, timeZone: string | undefined): Date {
  return momentAtWallTime(wallTime, timeZone ?? null)?.instant ?? wallTime;
}

function findNamedZone(tags: Tags): string | undefined {
  for (const name of ['OffsetTimeOriginal', 'OffsetTimeDigitized', 'TimeZone'] as const) {
    const zone = parseOffset(toText(tags[name]) ?? '');
    if (zone !== undefined) return name === 'TimeZone' ? addDaylightSaving(zone, tags) : zone;
  }
  const hours = /^[+-]?\d+/.exec(toText(tags['TimeZoneOffset']) ?? '');
  return hours === null ? undefined : nameOffset(Number(hours[0]) * 60);
}

/** Programs write UTC if they do not know the zone; any other offset is the zone of the clock. */
function findZoneOfDate(dates: readonly NamedDate[]): string | undefined {
  return dates.find(({ name, timeZone }) => !tagsInUtc.has(name) && timeZone !== undefined && timeZone !== 'UTC')
    ?.timeZone;
}

/** Nikon writes the zone without daylight saving. */
function addDaylightSaving(zone: string, tags: Tags): string {
  const isNikon = /\bnikon\b/i.test(toText(tags['Make']) ?? '');
  if (!isNikon || !/^(yes|on|true|1)$/i.test(toText(tags['DaylightSavings']) ?? '')) return zone;
  return nameOffset((findOffsetMinutes(zone, new Date(0)) ?? 0) + 60) ?? zone;
}

function findZoneOfPlace(tags: Tags): string | undefined {
  const position = findPosition(tags);
  if (position === null) return undefined;
  const zone = tzLookup(position.latitude, position.longitude);
  const isAtSea = zone.startsWith('Etc/');
  return isAtSea || findOffsetMinutes(zone, new Date(0)) === undefined ? undefined : zone;
}

/**
 * Merges the times of file and sidecar; undefined if neither has a date. A date in the sidecar wins, and so does a zone
 * tag in it; a zone inferred from its position is used only if the file has no zone.
 */
export function joinTimes(file: FoundTime, sidecar: FoundTime | undefined): Moment | undefined {
  const [source, other] = sidecar?.captured === undefined ? [file, sidecar] : [sidecar, file];
  const { captured } = source;
  const inferredZone = source.inferredZone ?? other?.inferredZone ?? null;
  const namedZone = sidecar?.namedZone ?? file.namedZone;
  if (captured === undefined) return undefined;
  if (captured.instant !== undefined) return momentAtInstant(captured.instant, namedZone ?? inferredZone);
  const { wallTime } = captured;
  const ownZone = source === file ? (sidecar?.namedZone ?? captured.timeZone) : captured.timeZone;
  if (ownZone === undefined) return momentAtWallTime(wallTime, namedZone ?? inferredZone);
  const moment = momentAtWallTime(wallTime, ownZone);
  const there = namedZone === undefined ? momentAtWallTime(wallTime, inferredZone) : undefined;
  return there?.instant.getTime() === moment?.instant.getTime() && there?.timeZone !== null
    ? (there ?? moment)
    : moment;
}

/** The zone of a picture that has no date. */
export function joinZones(file: FoundTime, sidecar: FoundTime | undefined): string | null {
  return sidecar?.namedZone ?? file.namedZone ?? file.inferredZone ?? sidecar?.inferredZone ?? null;
}
