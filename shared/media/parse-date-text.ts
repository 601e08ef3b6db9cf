import { nameOffset, utc } from '#shared/time/time-zone.ts';

export type DatePrecision = 'year' | 'month' | 'day' | 'time';

export interface DateText {
  /** The first moment of the given year, month, day or time, as if it were UTC. */
  wallTime: Date;
  precision: DatePrecision;
  /** For example `UTC+2`, if the text contains a valid offset. */
  timeZone: string | undefined;
}

const gap = String.raw`\s*[:\-/.]\s*`;
const spaced = new RegExp(
  String.raw`^(\d{4})(?:${gap}(\d{1,2})(?:${gap}(\d{1,2}))?)?(?:[T\s]\s*(.*)|([+Z-].*))?$`,
  'su',
);
const compact = /^(\d{4})(\d\d)(\d\d)(?:[T ]?(\d{4}.*))?$/s;
const clock = /^(\d{1,2})\s*:\s*(\d{1,2})(?:\s*:\s*(\d{1,2})?(?:[.,](\d+))?)?\s*(.*)$/s;
const compactClock = /^(\d\d)(\d\d)(\d\d)?(?:[.,](\d+))?\s*(.*)$/s;

/**
 * Reads a date as cameras and programs write it: `2005:03:07 09:05:01`, with parts padded by spaces, with other
 * separators or none, without seconds, or only a day, a month or a year. An unreadable rest is ignored; undefined if
 * there is not even a year, and for a day that does not exist.
 */
export function parseDateText(text: string): DateText | undefined {
  const trimmed = text.trim();
  if (placeholder.test(trimmed)) return undefined;
  const [, year = '', month, day, rest = '', zone = ''] = compact.exec(trimmed) ?? spaced.exec(trimmed) ?? [];
  if (year === '') return undefined;
  const date = readDay(Number(year), Number(month ?? 0), Number(day ?? 0));
  if (date === undefined) return undefined;
  const time = date.precision === 'day' ? readClock(rest) : undefined;
  if (time === undefined)
    return { wallTime: new Date(date.startMs), precision: date.precision, timeZone: parseOffset(zone) };
  return { wallTime: new Date(date.startMs + time.ms), precision: 'time', timeZone: time.timeZone };
}

/** Placeholders of programs for an unknown date: .NET's first day, and zeros. */
const placeholder = /^(?:0001\D0?1\D0?1\b|0000)/;

function readDay(year: number, month: number, day: number): { startMs: number; precision: DatePrecision } | undefined {
  const precision = month === 0 ? 'year' : day === 0 ? 'month' : 'day';
  if (month === 0 && day !== 0) return undefined;
  const startMs = utc(year, Math.max(month, 1), Math.max(day, 1));
  return Number.isNaN(startMs) ? undefined : { startMs, precision };
}

function readClock(text: string): { ms: number; timeZone: string | undefined } | undefined {
  const match = clock.exec(text) ?? compactClock.exec(text);
  if (match === null) return undefined;
  const [, hours = '', minutes = '', seconds = '0', fraction = '0', rest = ''] = match;
  const half = /^([ap])\.?m\b\.?/i.exec(rest);
  const hour = half === null ? Number(hours) : (Number(hours) % 12) + (half[1]?.toLowerCase() === 'p' ? 12 : 0);
  const minute = Number(minutes);
  if (hour > 23 || minute > 59) return undefined;
  // A leap second (60) becomes 59; larger values are invalid and become 0.
  const second = Number(seconds) === 60 ? 59 : Number(seconds) > 60 ? 0 : Number(seconds);
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const timeZone = parseOffset(rest.slice(half?.[0].length ?? 0));
  return { ms: ((hour * 60 + minute) * 60 + second) * 1000 + ms, timeZone };
}

/** Seconds of an offset are ignored, as no present zone has them. */
const extendedOffset = /^(?:UTC|GMT)?([+\u2212-])(\d{1,2})(?::(\d\d)(?::\d\d)?)?(?:\s+[A-Z]{2,5})?$/i;
const basicOffset = /^(?:UTC|GMT)?([+\u2212-])(\d\d)(\d\d)(?:\s+[A-Z]{2,5})?$/i;

/** The zone of an offset: `UTC` for `Z`, `UTC+2` for `+02:00`, `+0200` or `+2`; undefined for other text. */
export function parseOffset(text: string): string | undefined {
  const trimmed = text.trim();
  if (/^(?:Z|Zulu|UTC|GMT)$/i.test(trimmed)) return 'UTC';
  const [, sign, hours = '', minutes = '0'] = extendedOffset.exec(trimmed) ?? basicOffset.exec(trimmed) ?? [];
  if (sign === undefined || Number(minutes) > 59) return undefined;
  return nameOffset((sign === '+' ? 1 : -1) * (Number(hours) * 60 + Number(minutes)));
}
