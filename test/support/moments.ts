import { momentAtInstant, type Moment } from '#shared/time/moment.ts';

/** The moment of an instant in a zone that exists. */
export function momentAt(instant: Date, timeZone: string | null = null): Moment {
  const moment = momentAtInstant(instant, timeZone);
  if (moment === undefined) throw new RangeError(`no moment at ${instant.toISOString()} in ${timeZone}`);
  return moment;
}
