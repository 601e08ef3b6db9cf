const fixedOffset = /^(?:UTC|GMT|Z)?(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?$/;
/** More than any historic offset from UTC: Manila was at -15:56 until 1844, Alaska at +15:02 until 1867. */
const offsetMinutesMax = 16 * 60 - 1;

/**
 * Minutes that `zone` is ahead of UTC at `instant`. `zone` is an IANA name, `UTC`, `UTC+2` or `UTC-3:30`; undefined if
 * it is none of them. Offsets from before standard time have seconds (Amsterdam +00:19:32); they are rounded.
 */
export function findOffsetMinutes(zone: string, instant: Date): number | undefined {
  const fixed = fixedOffset.exec(zone);
  if (fixed !== null && zone !== '') {
    const [, sign, hours = '0', minutes = '0'] = fixed;
    const offsetMinutes = Number(hours) * 60 + Number(minutes);
    if (offsetMinutes > offsetMinutesMax) return undefined;
    return (sign === '-' ? -1 : 1) * offsetMinutes + 0;
  }
  const format = findFormat(zone);
  if (format === undefined || Number.isNaN(instant.getTime())) return undefined;
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wallTimeMs = utc(year, month, day, hour, minute, second);
  return Math.round((wallTimeMs - Math.floor(instant.getTime() / 1000) * 1000) / 60_000);
}

/** The local time in `zone` at `instant`, as if it were UTC. */
export function toWallTime(instant: Date, zone: string): Date {
  return new Date(instant.getTime() + (findOffsetMinutes(zone, instant) ?? 0) * 60_000);
}

/**
 * The instant of the local time `wallTime` (given as if it were UTC) in `zone`; undefined for an unknown zone. In a
 * repeated hour it is the first one; a time in a skipped hour is read with the offset before the change.
 * @see https://tc39.es/proposal-temporal/docs/ambiguity.html ("compatible")
 */
export function findInstant(wallTime: Date, zone: string): Date | undefined {
  const dayMs = 86_400_000;
  const [before, at, after] = [-dayMs, 0, dayMs].map((shift) =>
    findOffsetMinutes(zone, new Date(wallTime.getTime() + shift)),
  );
  if (before === undefined || at === undefined || after === undefined) return undefined;
  const instants = [before, at, after].map((offset) => wallTime.getTime() - offset * 60_000);
  const agreeing = instants.filter((instant) => toWallTime(new Date(instant), zone).getTime() === wallTime.getTime());
  return new Date(agreeing.length > 0 ? Math.min(...agreeing) : wallTime.getTime() - before * 60_000);
}

/** `UTC`, `UTC+2` or `UTC-3:30`; undefined for offsets that never existed. */
export function nameOffset(offsetMinutes: number): string | undefined {
  const minutes = Math.abs(offsetMinutes);
  if (!Number.isInteger(offsetMinutes) || minutes > offsetMinutesMax) return undefined;
  if (minutes === 0) return 'UTC';
  const rest = minutes % 60;
  return `UTC${offsetMinutes < 0 ? '-' : '+'}${Math.trunc(minutes / 60)}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** Milliseconds of a time in UTC; NaN if there is no such date. Years below 100 are not moved to the 20th century. */
export function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  const same =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24;
  return same && minute < 60 && second < 60 ? date.getTime() : Number.NaN;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Only existing zones are cached: clients can send any number of unknown names. */
function findFormat(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = createFormat(zone);
  if (format !== undefined) formats.set(zone, format);
  return format;
}

function createFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const numeric = 'numeric';
  const date = { calendar: 'gregory', numberingSystem: 'latn', year: numeric, month: numeric, day: numeric } as const;
  const time = { hourCycle: 'h23', hour: numeric, minute: numeric, second: numeric } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...date, ...time });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
