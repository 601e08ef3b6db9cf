import { open, type FileHandle } from 'node:fs/promises';
import type { Metadata } from 'sharp';

/** The meaning of a TIFF's samples where libvips interprets them differently. */
export interface TiffSamples {
  /** The channels after the colours are not transparency; taken as such, the picture would be blank. */
  hasSpareChannels: boolean;
  /** Maps samples to 0 (black) to 255 (white): `value * gain + offset`. */
  scale: { gain: number; offset: number } | undefined;
}

const photometric = 262;
const extraSamples = 338;
/** Values of ExtraSamples that mean alpha; other values and a missing entry do not. */
const alphaMeanings = new Set([1, 2]);

/** Reads the first directory of the TIFF or BigTIFF at `path`. @see TIFF 6.0 sections 18 and 19 (ExtraSamples, SampleFormat) */
export async function readTiffSamples(path: string, metadata: Metadata): Promise<TiffSamples> {
  await using file = await open(path, 'r');
  const entries = await readFirstDirectory(file);
  const meanings = entries.get(extraSamples) ?? [];
  const isAlpha = meanings.length === 1 && alphaMeanings.has(meanings[0] ?? 0);
  return {
    hasSpareChannels: metadata.hasAlpha && !isAlpha,
    scale: findScale(metadata, entries.get(photometric)?.[0] === 0),
  };
}

/** libvips scales 8 and 16 bits and colours of 32-bit floats to the range of a screen; other samples need a scale. */
function findScale({ depth, space }: Metadata, whiteIsZero: boolean): TiffSamples['scale'] {
  if (depth === 'uint') return { gain: 255 / 0xffff_ffff, offset: 0 };
  if (depth !== 'float') return undefined;
  if (space === 'b-w') return whiteIsZero ? { gain: -255, offset: 255 } : { gain: 255, offset: 0 };
  return space === 'grey16' ? { gain: 65_535, offset: 0 } : undefined;
}

/** The integer entries stored in the directory itself; of a damaged file those that can be read. */
async function readFirstDirectory(file: FileHandle): Promise<ReadonlyMap<number, number[]>> {
  const entries = new Map<number, number[]>();
  const head = await readAt(file, 0, 16);
  const little = head[0] === 0x49;
  const at = (buffer: Buffer) => ({
    two: (from: number) => (little ? buffer.readUInt16LE(from) : buffer.readUInt16BE(from)),
    four: (from: number) => (little ? buffer.readUInt32LE(from) : buffer.readUInt32BE(from)),
    eight: (from: number) => Number(little ? buffer.readBigUInt64LE(from) : buffer.readBigUInt64BE(from)),
  });
  if (head.length < 16) return entries;
  const isBig = at(head).two(2) === 43;
  const size = isBig ? { count: 8, entry: 20, value: 12, inline: 8 } : { count: 2, entry: 12, value: 8, inline: 4 };
  const directory = isBig ? at(head).eight(8) : at(head).four(4);
  const countBytes = await readAt(file, directory, size.count);
  if (countBytes.length < size.count) return entries;
  const count = Math.min(isBig ? at(countBytes).eight(0) : at(countBytes).two(0), 4096);
  const table = await readAt(file, directory + size.count, count * size.entry);
  for (let from = 0; from + size.entry <= table.length; from += size.entry) {
    const values = isBig ? at(table).eight(from + 4) : at(table).four(from + 4);
    if (at(table).two(from + 2) !== 3 || values * 2 > size.inline) continue;
    const read = Array.from({ length: values }, (_, index) => at(table).two(from + size.value + index * 2));
    entries.set(at(table).two(from), read);
  }
  return entries;
}

async function readAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(at)) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
