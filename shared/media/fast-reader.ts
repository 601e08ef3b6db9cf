import { findTime, type FoundTime } from './captured-time.ts';
import { decline, DeclinedError } from './declined.ts';
import { parseExifDirectories, readInteger, readRationals, readText, type ExifDirectories } from './exif-directory.ts';
import { readJpegHead, type JpegHead } from './jpeg-head.ts';
import { readMakerNotes, type MakerNoteFindings } from './maker-notes.ts';
import type { FoundMetadata } from './normalize-metadata.ts';
import { readProfileDescription } from './profile-description.ts';
import { readSilentXmp } from './silent-xmp.ts';

export type FastResult = { found: FoundMetadata; declined?: never } | { found?: never; declined: string };

/**
 * Reads the usual JPEG of a phone or camera without exiftool. It returns the same as `readWithExiftool`, or declines
 * the file; metadata-readers.test.ts compares the two.
 */
export async function readFast(path: string): Promise<FastResult> {
  try {
    return { found: findMetadata(await readJpegHead(path)) };
  } catch (error) {
    if (error instanceof DeclinedError) return { declined: error.message };
    if (error instanceof RangeError) return { declined: 'damaged' };
    throw error;
  }
}

function findMetadata(head: JpegHead): FoundMetadata {
  const tags: Record<string, unknown> = {
    ImageSize: `${head.width}x${head.height}`,
    BitsPerSample: head.bitsPerSample,
  };
  if (head.icc !== undefined) tags['ProfileDescription'] = readProfileDescription(head.icc);
  if (head.xmp !== undefined) tags['Rating'] = readSilentXmp(head.xmp).rating;
  if (head.exif === undefined) return { tags, ...findTime(tags) };
  const directories = parseExifDirectories(head.exif);
  checkPlaces(directories);
  Object.assign(tags, readExifTags(directories), readPosition(directories));
  const littleEndian = head.exif[0] === 0x49;
  const make = typeof tags['Make'] === 'string' ? tags['Make'] : '';
  const notes = readMakerNotes(directories.exif, make, littleEndian);
  Object.assign(tags, notes.tags);
  Object.assign(tags, readTimes(directories));
  return { tags, ...checkTime(findTime(tags), directories, head, notes) };
}

const tagNames = {
  main: { 0x010e: 'ImageDescription', 0x010f: 'Make', 0x0110: 'Model', 0x0112: 'Orientation' },
  exif: {
    0x829a: 'ExposureTime',
    0x829d: 'FNumber',
    0x8827: 'ISO',
    0x920a: 'FocalLength',
    0xa001: 'ColorSpace',
    0xa434: 'LensModel',
  },
} as const;

/** Tags in the wrong directory, and tags that are alternative sources of the same values. */
const foreignToMain = [
  ...Object.keys(tagNames.exif).map(Number),
  0x9003,
  0x9004,
  0x9011,
  0x9012,
  0x9291,
  0x9292,
  0x927c,
];
const foreignToExif = [...Object.keys(tagNames.main).map(Number), 0x8825, 0x8769];
const sideWays = [0x02bc, 0x4746, 0x83bb, 0x8649, 0x8773, 0x882a, 0x014a, 0xc51b, 0xc44f];

function checkPlaces({ main, exif, thumbnail }: ExifDirectories): void {
  for (const tag of main.keys()) {
    if (foreignToMain.includes(tag) || sideWays.includes(tag) || tag >= 0xc600) checkTag(tag, 'IFD0');
  }
  for (const tag of exif.keys()) {
    if (foreignToExif.includes(tag) || sideWays.includes(tag)) checkTag(tag, 'ExifIFD');
  }
  for (const [tag, value] of thumbnail) {
    const own = main.get(tag);
    const same = own !== undefined && own.bytes.equals(value.bytes);
    if (foreignToMain.includes(tag) || sideWays.includes(tag) || (tag in tagNames.main && !same)) checkTag(tag, 'IFD1');
  }
}

function checkTag(tag: number, directory: string): void {
  if (tag !== 0xea1c) decline(`tag 0x${tag.toString(16)} in ${directory}`);
}

function readExifTags({ main, exif }: ExifDirectories): Record<string, unknown> {
  const tags: Record<string, unknown> = {};
  for (const [tag, value] of main) {
    const name = tagNames.main[tag as keyof typeof tagNames.main];
    if (name === 'Orientation') tags[name] = toOrientation(readInteger(value));
    else if (name !== undefined) tags[name] = readText(value);
  }
  for (const [tag, value] of exif) {
    const name = tagNames.exif[tag as keyof typeof tagNames.exif];
    if (name === 'ISO') tags[name] = readInteger(value);
    else if (name === 'ColorSpace')
      tags[name] = colorSpaces.get(readInteger(value)) ?? decline('an unknown colour space');
    else if (name === 'LensModel') tags[name] = readText(value);
    else if (name !== undefined) tags[name] = showRational(name, readRationals(value, 1)[0] ?? 0);
  }
  return tags;
}

/** An invalid orientation is not applied; the decoder reports it as 1. */
function toOrientation(value: number): number {
  return value >= 1 && value <= 8 ? value : 1;
}

const colorSpaces = new Map([
  [1, 'sRGB'],
  [2, 'Adobe RGB'],
  [0xffff, 'Uncalibrated'],
]);

/** Formats a number as exiftool prints it. */
function showRational(name: 'ExposureTime' | 'FNumber' | 'FocalLength', value: number): number | string | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (name === 'FocalLength') return value;
  if (name === 'FNumber') return value > 0 ? Number(value.toFixed(value < 1 ? 2 : 1)) : value;
  return value > 0 && value < 0.25001 ? `1/${Math.trunc(0.5 + 1 / value)}` : value.toFixed(1).replace('.0', '');
}

function readPosition({ gps }: ExifDirectories): Record<string, number> {
  const [latitude, longitude] = [readCoordinate(gps, 0x0001, 'NS'), readCoordinate(gps, 0x0003, 'EW')];
  if (latitude === undefined && longitude === undefined) return {};
  if (latitude === undefined || longitude === undefined) return decline('half a position');
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) decline('a position outside the world');
  if (latitude === 0 && longitude === 0) decline('a position of zeros');
  return { GPSLatitude: latitude, GPSLongitude: longitude };
}

function readCoordinate(gps: ExifDirectories['gps'], referenceTag: number, references: string): number | undefined {
  const reference = gps.get(referenceTag);
  const value = gps.get(referenceTag + 1);
  if (reference === undefined && value === undefined) return undefined;
  if (reference === undefined || value === undefined) return decline('half a position');
  const sign = references.indexOf(readText(reference));
  if (sign === -1 || readText(reference) === '') decline('an odd hemisphere');
  const [degrees = 0, minutes = 0, seconds = 0] = readRationals(value, 3);
  if (!Number.isFinite(degrees + minutes + seconds)) decline('a position divided by zero');
  const position = degrees + (minutes + seconds / 60) / 60;
  return Math.round(Number((sign === 1 ? -position : position).toPrecision(15)) * 1e6) / 1e6;
}

/** Composes date, fraction and offset as exiftool does. */
function readTimes({ exif }: ExifDirectories): Record<string, string> {
  const text = (tag: number) => {
    const value = exif.get(tag);
    return value === undefined ? '' : readText(value);
  };
  const tags = {
    DateTimeOriginal: text(0x9003),
    SubSecDateTimeOriginal: addDetails(text(0x9003), text(0x9291), text(0x9011)),
    OffsetTimeOriginal: text(0x9011),
    CreateDate: text(0x9004),
    SubSecCreateDate: addDetails(text(0x9004), text(0x9292), text(0x9012)),
    OffsetTimeDigitized: text(0x9012),
  };
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ''));
}

/** Returns '' if neither fraction nor offset can be added. */
function addDetails(date: string, fraction: string, offset: string): string {
  if (date === '') return '';
  const digits = /^\d+/.exec(fraction)?.[0];
  const precise = digits === undefined ? date : date.replace(/ \d{2}:\d{2}:\d{2}/, `$&.${digits}`);
  const [, sign, hours = '', minutes] = /^([-+])(\d{1,2}):(\d{2})/.exec(offset) ?? [];
  if (sign !== undefined && !/[-+]/.test(date)) return `${precise}${sign}${hours.padStart(2, '0')}:${minutes}`;
  return precise === date ? '' : precise;
}

/** Declines if a date or a zone may be stored in places that are not read here. */
function checkTime(
  time: FoundTime,
  { gps }: ExifDirectories,
  { trailer }: JpegHead,
  { mayCarryDate }: MakerNoteFindings,
): FoundTime {
  const { captured, namedZone, inferredZone } = time;
  const hasGpsTime = gps.has(0x001d) || gps.has(0x0007);
  const zone = captured?.timeZone ?? namedZone ?? inferredZone;
  if (zone === undefined && (hasGpsTime || trailer === 'samsung' || mayCarryDate)) decline('a zone from elsewhere');
  if (captured === undefined && (hasGpsTime || mayCarryDate)) decline('a date from elsewhere');
  if (mayCarryDate && captured?.timeZone === undefined) decline('a date from elsewhere');
  return time;
}
