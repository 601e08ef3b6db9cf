const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * Parses an existing date of ISO 8601, with or without a time; without a zone it is UTC. undefined for everything else:
 * `Date.parse` also takes "1e9", month 13 or 30 February.
 * @see ISO 8601-1:2019, section 5.4
 */
export function parseDate(text: string): Date | undefined {
  return parseLocalDate(text)?.at;
}

export interface LocalDate {
  at: Date;
  /** The wall time as if it were UTC. */
  local: Date;
  hasOffset: boolean;
}

/** The moment that a date of ISO 8601 names; undefined if there is no such date. */
export function parseLocalDate(text: string): LocalDate | undefined {
  const match = isoPattern.exec(text.trim());
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (year === 0 || hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Number(`0.${match[7] ?? 0}`) * 1000;
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second, Math.floor(ms)));
  if (year < 100) wall.setUTCFullYear(year);
  if (wall.getUTCMonth() !== month - 1 || wall.getUTCDate() !== day) return undefined;
  const at = new Date(wall.getTime() - parseOffsetMinutes(match[8]) * 60_000);
  return { at, local: wall, hasOffset: match[8] !== undefined };
}

function parseOffsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
