import { findInstant, findOffsetMinutes, toWallTime, utc } from './time-zone.ts';

declare const agreeing: unique symbol;

/**
 * When a picture was taken. Instant, wall time and zone always agree; only the functions below create it. Both times
 * are in the years 1 to 9999, which every client can display.
 */
export interface Moment {
  readonly instant: Date;
  /** The local time at the place, as if it were UTC. */
  readonly wallTime: Date;
  /** An IANA name, `UTC`, `UTC+2` or `UTC-3:30`; null if unknown; then the wall time is taken as UTC. */
  readonly timeZone: string | null;
  readonly [agreeing]: true;
}

/** Returns undefined for a zone that does not exist, and if a time is outside of the years 1 to 9999. */
export function momentAtInstant(instant: Date, timeZone: string | null): Moment | undefined {
  if (timeZone !== null && findOffsetMinutes(timeZone, instant) === undefined) return undefined;
  const wallTime = timeZone === null ? instant : toWallTime(instant, timeZone);
  return isShown(instant) && isShown(wallTime) ? ({ instant, wallTime, timeZone } as Moment) : undefined;
}

/**
 * `wallTime` is given as if it were UTC. A time that clocks skipped is moved after the skipped hour; of a repeated one
 * it is the first. Returns undefined like `momentAtInstant`.
 */
export function momentAtWallTime(wallTime: Date, timeZone: string | null): Moment | undefined {
  const instant = timeZone === null ? wallTime : findInstant(wallTime, timeZone);
  return instant === undefined ? undefined : momentAtInstant(instant, timeZone);
}

/** The moment of assets without a valid date. */
export const epoch = { instant: new Date(0), wallTime: new Date(0), timeZone: null } as Moment;

const firstMs = utc(1, 1, 1);
const lastMs = utc(9999, 12, 31, 23, 59, 59, 999);

function isShown(date: Date): boolean {
  return date.getTime() >= firstMs && date.getTime() <= lastMs;
}
