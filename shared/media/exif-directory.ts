import { decline } from './declined.ts';
import { decodeText } from './decode-text.ts';

/** @see TIFF 6.0 section 2, Exif 3.0 section 4.6 */
export interface ExifValue {
  type: number;
  count: number;
  bytes: Buffer;
  littleEndian: boolean;
}

export type ExifDirectory = ReadonlyMap<number, ExifValue>;

export interface ExifDirectories {
  main: ExifDirectory;
  exif: ExifDirectory;
  gps: ExifDirectory;
  thumbnail: ExifDirectory;
}

const empty: ExifDirectory = new Map();
const exifPointer = 0x8769;
const gpsPointer = 0x8825;
const makerNote = 0x927c;

/** Parses the TIFF block of an EXIF segment. Declines any deviation from the standard. */
export function parseExifDirectories(block: Buffer): ExifDirectories {
  const order = block.toString('latin1', 0, 2);
  const littleEndian = order === 'II';
  if (!littleEndian && order !== 'MM') decline('no byte order');
  const { read16, read32 } = createReads(block, littleEndian);
  if (read16(2) !== 42) decline('no TIFF block');
  const mainAt = read32(4);
  const main = parseDirectory(block, mainAt, littleEndian);
  const nextAt = read32(mainAt + 2 + read16(mainAt) * 12);
  const linked = (pointer: number) => {
    const link = main.get(pointer);
    return link === undefined ? empty : parseDirectory(block, readInteger(link), littleEndian);
  };
  return {
    main,
    exif: linked(exifPointer),
    gps: linked(gpsPointer),
    thumbnail: nextAt === 0 ? empty : parseDirectory(block, nextAt, littleEndian),
  };
}

/** Parses one directory at `at`; offsets of values count from the start of `block`. */
export function parseDirectory(block: Buffer, at: number, littleEndian: boolean): ExifDirectory {
  const { read16, read32 } = createReads(block, littleEndian);
  const entries = read16(at);
  if (entries > 200) decline('too many entries');
  const directory = new Map<number, ExifValue>();
  for (let index = 0; index < entries; index += 1) {
    const entry = at + 2 + index * 12;
    const tag = read16(entry);
    const type = read16(entry + 2);
    const count = read32(entry + 4);
    const size = (typeSizes[type] ?? decline('an unknown type')) * count;
    const start = size <= 4 ? entry + 8 : read32(entry + 8);
    if (start + size > block.length) decline('a value outside its block');
    if (directory.has(tag)) decline('a duplicate entry');
    directory.set(tag, { type, count, bytes: block.subarray(start, start + size), littleEndian });
  }
  return directory;
}

const typeSizes: readonly (number | undefined)[] = [undefined, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

function createReads(block: Buffer, littleEndian: boolean) {
  return {
    read16: (at: number) => (littleEndian ? block.readUInt16LE(at) : block.readUInt16BE(at)),
    read32: (at: number) => (littleEndian ? block.readUInt32LE(at) : block.readUInt32BE(at)),
  };
}

/** One unsigned number of 16 or 32 bits. */
export function readInteger({ type, count, bytes, littleEndian }: ExifValue): number {
  const { read16, read32 } = createReads(bytes, littleEndian);
  if (count === 1 && type === 3) return read16(0);
  if (count === 1 && type === 4) return read32(0);
  return decline('not one whole number');
}

/** Rationals that are not negative, rounded to ten digits as exiftool does; NaN or Infinity for a division by zero. */
export function readRationals({ type, count, bytes, littleEndian }: ExifValue, expectedCount: number): number[] {
  if ((type !== 5 && type !== 10) || count !== expectedCount) decline('rational numbers of another type');
  const { read32 } = createReads(bytes, littleEndian);
  return Array.from({ length: count }, (_, index) => {
    const [top, bottom] = [read32(index * 8), read32(index * 8 + 4)];
    if (type === 10 && (top >= 2 ** 31 || bottom >= 2 ** 31)) decline('a negative number');
    return Number((top / bottom).toPrecision(10));
  });
}

/** Text up to its first NUL, without white space at its end. */
export function readText({ type, bytes }: ExifValue): string {
  if (type !== 2) decline('text of another type');
  const end = bytes.indexOf(0);
  const text = decodeText(end === -1 ? bytes : bytes.subarray(0, end)).trimEnd();
  return controlCharacters.test(text) ? decline('control characters') : text;
}

const controlCharacters = /(?![\t\n])\p{Cc}/u;

export function hasMakerNote(exif: ExifDirectory): boolean {
  return exif.has(makerNote);
}

export function getMakerNote(exif: ExifDirectory): Buffer {
  return exif.get(makerNote)?.bytes ?? decline('no maker note');
}
