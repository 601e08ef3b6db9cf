/** Tags by exiftool's names, with its values: mostly text, also for numbers. */
export type Tags = Readonly<Record<string, unknown>>;

const textLengthMax = 2000;
const tagCountMax = 1000;

/** Cleans text for the database and clients: no NUL, no lone surrogate, trimmed, never empty. */
export function toText(value: unknown, lengthMax = textLengthMax): string | null {
  const [first]: unknown[] = Array.isArray(value) ? value : [value];
  if (typeof first !== 'string' && typeof first !== 'number' && typeof first !== 'boolean') return null;
  const text = String(first).replaceAll('\0', '').toWellFormed().trim().slice(0, lengthMax).toWellFormed().trim();
  return text === '' ? null : text;
}

/** The distinct texts of a list, at most 1000. */
export function toTexts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.slice(0, tagCountMax).map((entry) => toText(entry));
  return [...new Set(texts.filter((text) => text !== null))];
}

const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** A finite number: null for `inf`, `undef` and text with a unit; -0 becomes 0. */
export function toNumber(value: unknown): number | null {
  const [first]: unknown[] = Array.isArray(value) ? value : [value];
  const number = typeof first === 'string' && decimal.test(first.trim()) ? Number(first) : first;
  return typeof number === 'number' && Number.isFinite(number) ? number + 0 : null;
}

export function toInteger(value: unknown, least: number, most: number): number | null {
  const number = toNumber(value);
  if (number === null) return null;
  const integer = Math.trunc(number);
  return integer >= least && integer <= most ? integer : null;
}

export interface Position {
  latitude: number;
  longitude: number;
}

/**
 * Rounded to a millionth of a degree; null for invalid positions, and for the zeros that devices write without a fix.
 */
export function findPosition(tags: Tags): Position | null {
  const latitude = readDegrees(tags['GPSLatitude'], tags['GPSLatitudeRef'], 'S');
  const longitude = readDegrees(tags['GPSLongitude'], tags['GPSLongitudeRef'], 'W');
  const isPlace = latitude !== null && longitude !== null && (latitude !== 0 || longitude !== 0);
  return isPlace && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

function readDegrees(value: unknown, reference: unknown, negative: string): number | null {
  const degrees = toNumber(value);
  if (degrees === null) return null;
  const isNegative = toText(reference)?.toUpperCase().startsWith(negative) === true;
  return Math.round((isNegative ? -Math.abs(degrees) : degrees) * 1e6) / 1e6 + 0;
}
