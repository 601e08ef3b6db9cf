import { detectFormat } from './detect-format.ts';

/** First and last byte, both inclusive. */
interface Range {
  start: number;
  end: number;
}

interface RangedObject {
  sizeBytes: number;
  read: (range: Range) => Promise<Uint8Array>;
}

const mebibyte = 2 ** 20;
const wholeUpTo = 8 * mebibyte;
const headBytes = 256 * 1024;
const boxesMax = 64;
const boxBytesMax = 32 * mebibyte;
const isoMedia = new Set(['mp4', 'quicktime', '3gp']);
/** These boxes contain frames or padding. */
const boxesOfFrames = new Set(['mdat', 'free', 'skip', 'wide']);

/**
 * Finds the parts of a large video that contain its metadata: exiftool reads the same if the rest is zeros. Undefined
 * for small files, and for pictures, which are needed as a whole.
 */
export async function pickMetadataRanges(fileName: string, object: RangedObject): Promise<Range[] | undefined> {
  const { sizeBytes } = object;
  if (sizeBytes <= wholeUpTo) return undefined;
  const head = Buffer.from(await object.read({ start: 0, end: headBytes - 1 }));
  const format = detectFormat(head, fileName);
  if (format?.kind !== 'video') return undefined;
  const ends = [
    { start: 0, end: headBytes - 1 },
    { start: sizeBytes - headBytes, end: sizeBytes - 1 },
  ];
  if (isoMedia.has(format.name)) return mergeRanges([...ends, ...(await listBoxes(object, head))]);
  const [first, last] = [4 * mebibyte, sizeBytes - mebibyte];
  return [
    { start: 0, end: first - 1 },
    { start: last, end: sizeBytes - 1 },
  ];
}

/** Lists the boxes of the top level except those of frames. @see ISO/IEC 14496-12 section 4.2 */
async function listBoxes({ sizeBytes, read }: RangedObject, head: Buffer): Promise<Range[]> {
  const boxes: Range[] = [];
  let at = 0;
  for (let count = 0; count < boxesMax && at + 16 <= sizeBytes; count += 1) {
    const bytes =
      at + 16 <= head.length ? head.subarray(at, at + 16) : Buffer.from(await read({ start: at, end: at + 15 }));
    const short = bytes.readUInt32BE(0);
    const length = short === 1 ? Number(bytes.readBigUInt64BE(8)) : short === 0 ? sizeBytes - at : short;
    if (length < 8) break;
    const end = Math.min(at + length, sizeBytes) - 1;
    const kept = boxesOfFrames.has(bytes.toString('latin1', 4, 8)) ? 16 : boxBytesMax;
    boxes.push({ start: at, end: Math.min(end, at + kept - 1) });
    at += length;
  }
  return boxes;
}

function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const { start, end } of ranges.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end + 1) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
