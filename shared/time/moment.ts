import { findInstant, findOffsetMinutes, toWallTime, utc } from './time-zone.ts';

declare const agreeing: unique symbol;

/**
 * When a picture was taken. The instant, the wall time and the zone are one value and always agree; the functions
 * below are the only ones that make it. Both times lie in the years 1 to 9999, as every client can show them.
 */
export interface Moment {
  readonly instant: Date;
  /** What a clock at the place showed, as if it were UTC. */
  readonly wallTime: Date;
  /** An IANA name, `UTC`, `UTC+2` or `UTC-3:30`; null where nobody said, and then the wall time is taken as UTC. */
  readonly timeZone: string | null;
  readonly [agreeing]: true;
}

/** undefined for a zone that does not exist, and where a time would be outside of the years 1 to 9999. */
export function momentAtInstant(instant: Date, timeZone: string | null): Moment | undefined {
  if (timeZone !== null && findOffsetMinutes(timeZone, instant) === undefined) return undefined;
  const wallTime = timeZone === null ? instant : toWallTime(instant, timeZone);
  return isShown(instant) && isShown(wallTime) ? ({ instant, wallTime, timeZone } as Moment) : undefined;
}

/**
 * Of a wall time that is given as if it were UTC. One that clocks skipped when they were set moves behind that hour,
 * of two that they showed it is the first. undefined as for `momentAtInstant`.
 */
export function momentAtWallTime(wallTime: Date, timeZone: string | null): Moment | undefined {
  const instant = timeZone === null ? wallTime : findInstant(wallTime, timeZone);
  return instant === undefined ? undefined : momentAtInstant(instant, timeZone);
}

/** The moment of what has no date that any client could show. */
export const epoch = { instant: new Date(0), wallTime: new Date(0), timeZone: null } as Moment;

const firstMs = utc(1, 1, 1);
const lastMs = utc(9999, 12, 31, 23, 59, 59, 999);

function isShown(date: Date): boolean {
  return date.getTime() >= firstMs && date.getTime() <= lastMs;
}
