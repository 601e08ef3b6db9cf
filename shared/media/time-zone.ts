const fixedOffset = /^(?:UTC|GMT|Z)?(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?$/;

/** Minutes that `zone` is ahead of UTC at `instant`. `zone` is an IANA name, `UTC`, `UTC+2` or `UTC-3:30`; undefined if it is none of them. */
export function findOffsetMinutes(zone: string, instant: Date): number | undefined {
  const fixed = fixedOffset.exec(zone);
  if (fixed !== null && zone !== '') {
    const [, sign, hours = '0', minutes = '0'] = fixed;
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) + 0;
  }
  const format = findFormat(zone);
  if (format === undefined) return undefined;
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wallTimeMs = utc(year, month, day, hour, minute, second);
  return Math.round((wallTimeMs - Math.floor(instant.getTime() / 1000) * 1000) / 60_000);
}

/** What a clock in `zone` showed at `instant`, as if it were UTC. */
export function toWallTime(instant: Date, zone: string): Date {
  return new Date(instant.getTime() + (findOffsetMinutes(zone, instant) ?? 0) * 60_000);
}

/**
 * The one instant at which a clock in `zone` showed `wallTime` (given as if it were UTC);
 * undefined where there is none or there are two, when clocks are set.
 */
export function findInstant(wallTime: Date, zone: string): Date | undefined {
  const dayMs = 86_400_000;
  const offsets = [-dayMs, 0, dayMs].map((shift) => findOffsetMinutes(zone, new Date(wallTime.getTime() + shift)));
  const candidates = new Set(
    offsets.flatMap((offset) => {
      if (offset === undefined) return [];
      const instant = wallTime.getTime() - offset * 60_000;
      return findOffsetMinutes(zone, new Date(instant)) === offset ? [instant] : [];
    }),
  );
  const [only, ...more] = candidates;
  return only === undefined || more.length > 0 ? undefined : new Date(only);
}

/** Milliseconds of a time in UTC; NaN if there is no such date. Takes years below 100 as they are. */
export function utc(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, ms = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  const same =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24;
  return same && minute < 60 && second < 60 ? date.getTime() : Number.NaN;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

function findFormat(zone: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(zone)) formats.set(zone, createFormat(zone));
  return formats.get(zone);
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
