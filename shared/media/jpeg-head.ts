import { open, type FileHandle } from 'node:fs/promises';
import { decline } from './declined.ts';

/** The segments of a JPEG before its pixels. */
export interface JpegHead {
  exif: Buffer | undefined;
  xmp: Buffer | undefined;
  icc: Buffer | undefined;
  width: number;
  height: number;
  bitsPerSample: number;
  /** `samsung`: a proprietary block of Samsung after the picture. */
  trailer: 'none' | 'samsung';
  sizeBytes: number;
}

const firstReadBytes = 65_536;
const segmentsMax = 200;

/**
 * Reads the segments of a JPEG up to its pixels. Declines files that are not JPEG, are damaged, or have unknown
 * segments or trailers that may contain metadata.
 */
export async function readJpegHead(path: string): Promise<JpegHead> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const first = await readAt(file, 0, Math.min(size, firstReadBytes));
  if (first.length < 4 || first.readUInt16BE(0) !== 0xffd8) decline('no JPEG');
  const head = { ...emptyHead, sizeBytes: size };
  let at = 2;
  for (let count = 0; count < segmentsMax; count += 1) {
    const { marker, length } = parseMarker(await bytesAt(file, first, at, 4));
    if (marker === 0xda) return { ...completed(head), trailer: await readTrailer(file, size) };
    const payload = () => bytesAt(file, first, at + 4, length - 2);
    if (isFrame(marker)) takeFrame(head, await payload());
    else if (marker >= 0xe0 && marker <= 0xef) takeApplicationSegment(head, marker, await payload());
    at += 2 + length;
  }
  return decline('too many segments');
}

type Unfinished = Omit<JpegHead, 'trailer'>;

const emptyHead = { exif: undefined, xmp: undefined, icc: undefined, width: 0, height: 0, bitsPerSample: 0 };

function parseMarker(bytes: Buffer): { marker: number; length: number } {
  const marker = bytes[1] ?? 0;
  const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
  if (bytes[0] !== 0xff || marker === 0xff || marker === 0 || standsAlone) decline('damaged segments');
  const length = bytes.readUInt16BE(2);
  if (length < 2) decline('damaged segments');
  return { marker, length };
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function takeFrame(head: Unfinished, payload: Buffer): void {
  if (head.width !== 0) decline('two frames');
  head.bitsPerSample = payload.readUInt8(0);
  head.height = payload.readUInt16BE(1);
  head.width = payload.readUInt16BE(3);
}

function takeApplicationSegment(head: Unfinished, marker: number, payload: Buffer): void {
  const starts = (text: string) => payload.toString('latin1', 0, text.length) === text;
  if (marker === 0xe1 && starts('Exif\0\0')) {
    if (head.exif !== undefined) decline('two EXIF segments');
    head.exif = payload.subarray(6);
  } else if (marker === 0xe1 && starts(xmpName)) {
    if (head.xmp !== undefined) decline('two XMP segments');
    head.xmp = payload.subarray(xmpName.length);
  } else if (marker === 0xe2 && starts('ICC_PROFILE\0')) {
    if (head.icc !== undefined || payload[12] !== 1 || payload[13] !== 1) decline('a colour profile in parts');
    head.icc = payload.subarray(14);
  } else if (!silentSegments.some(([silent, name]) => marker === silent && starts(name))) {
    decline(`segment APP${marker - 0xe0} ${payload.toString('latin1', 0, 12).replace(/[^ -~]/g, '.')}`);
  }
}

const xmpName = 'http://ns.adobe.com/xap/1.0/\0';

/** Segments without any metadata that is read here. */
const silentSegments: readonly (readonly [marker: number, name: string])[] = [
  [0xe0, 'JFIF\0'],
  [0xe0, 'JFXX\0'],
  [0xe2, 'MPF\0'],
  [0xe2, 'urn:iso:std:iso:ts:21496:-1\0'],
  [0xea, 'AROT'],
  [0xec, 'Ducky'],
  [0xee, 'Adobe'],
];

function completed(head: Unfinished): Unfinished {
  if (head.width === 0 || head.height === 0) decline('no size');
  return head;
}

async function readTrailer(file: FileHandle, size: number): Promise<JpegHead['trailer']> {
  const last = await readAt(file, Math.max(0, size - 4), Math.min(4, size));
  if (last.toString('latin1') === 'SEFT') return 'samsung';
  return last.readUInt16BE(2) === 0xffd9 ? 'none' : decline('something after the picture');
}

async function bytesAt(file: FileHandle, first: Buffer, at: number, length: number): Promise<Buffer> {
  const bytes = at + length <= first.length ? first.subarray(at, at + length) : await readAt(file, at, length);
  return bytes.length === length ? bytes : decline('cut off');
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
