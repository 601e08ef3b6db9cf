import { readFile } from 'node:fs/promises';
import type { Metadata } from 'sharp';
import { sharp } from './sharp.ts';

/**
 * True if a picture whose strict decoding failed lacks at most `missingPercentMax` percent of its rows, at its end, or,
 * if it is progressive, only detail.
 */
export async function isShownWithoutItsEnd(
  source: string,
  { width, height, format, isProgressive }: Metadata,
  missingPercentMax: number,
): Promise<boolean> {
  if (missingPercentMax === 0) return false;
  if (isProgressive) return format === 'jpeg' && hasCoarseScans(await readFile(source));
  const rows = Math.max(1, Math.ceil((height * (100 - missingPercentMax)) / 100));
  try {
    const upper = sharp(source, { failOn: 'error', limitInputPixels: false });
    await upper.extract({ left: 0, top: 0, width, height: rows }).resize(8, 8, { fit: 'fill' }).raw().toBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * True if every component of a progressive JPEG has a complete scan of its lowest frequencies.
 * @see ITU-T T.81 sections B.2.2, B.2.3 and G.1.1.1.1
 */
function hasCoarseScans(jpeg: Buffer): boolean {
  let components = 0;
  const started = new Set<number>();
  let complete = new Set<number>();
  for (let at = 2; at + 4 <= jpeg.length;) {
    const marker = jpeg[at] === 0xff ? (jpeg[at + 1] ?? 0) : 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0 || marker === 0xd9) break;
    const length = jpeg.readUInt16BE(at + 2);
    const payload = jpeg.subarray(at + 4, at + 2 + length);
    at += 2 + length;
    if (marker === 0xc2) components = payload[5] ?? 0;
    if (marker !== 0xda) continue;
    complete = new Set(started);
    const inScan = payload[0] ?? 0;
    if (payload[1 + inScan * 2] === 0)
      for (let index = 0; index < inScan; index += 1) started.add(payload[1 + index * 2] ?? 0);
    at = endOfScan(jpeg, at);
  }
  return components > 0 && complete.size === components;
}

/** The offset of the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(jpeg: Buffer, from: number): number {
  for (let at = jpeg.indexOf(0xff, from); at !== -1; at = jpeg.indexOf(0xff, at + 1)) {
    const next = jpeg[at + 1] ?? 0;
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return jpeg.length;
}
