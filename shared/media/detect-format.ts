import { findFormat, getFormat, type MediaFormat } from './formats.ts';

/** The number of leading bytes that `detectFormat` needs; with fewer some formats are not recognized. */
export const detectionBytes = 4096;

/**
 * Detects the format by a file's first bytes; undefined if no format is recognized. `fileName` decides only between
 * formats with the same signature: TIFF and the raw formats built on it, HEIC and HEIF, and raw formats without any
 * signature.
 */
export function detectFormat(firstBytes: Uint8Array, fileName = ''): MediaFormat | undefined {
  const head = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  const claimed = findFormat(fileName);
  const name = detectName(head, claimed);
  if (name !== undefined) return getFormat(name);
  return claimed !== undefined && formatsWithoutSignature.has(claimed.name) && looksBinary(head) ? claimed : undefined;
}

const formatsWithoutSignature = new Set(['ari', 'cap', 'cin', 'raw']);

/** Raw formats that are TIFF files inside; their first page is a small embedded picture, not the photo. */
const tiffBased = new Set(
  '3fr arw cap cr2 dcr dng erf fff iiq k25 kdc nef nrw orf pef raw rw2 rwl sr2 srf srw'.split(' '),
);

const signatures: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF87a'],
  ['gif', 0, 'GIF89a'],
  ['jxl', 0, '\xff\x0a'],
  ['jxl', 0, '\0\0\0\x0cJXL \r\n\x87\n'],
  ['jp2', 0, '\0\0\0\x0cjP  \r\n\x87\n'],
  ['psd', 0, '8BPS\0'],
  ['raf', 0, 'FUJIFILMCCD-RAW'],
  ['orf', 0, 'IIRO'],
  ['orf', 0, 'IIRS'],
  ['orf', 0, 'MMOR'],
  ['x3f', 0, 'FOVb'],
  ['mrw', 0, '\0MRM'],
  ['crw', 6, 'HEAPCCDR'],
  ['flv', 0, 'FLV\x01'],
  ['wmv', 0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
  ['mxf', 0, '\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02'],
  ['mpeg', 0, '\0\0\x01\xba'],
  ['mpeg', 0, '\0\0\x01\xb3'],
];

function detectName(head: Buffer, claimed: MediaFormat | undefined): string | undefined {
  const text = head.toString('latin1', 0, 16);
  if (text.startsWith('RIFF'))
    return new Map([
      ['WEBP', 'webp'],
      ['AVI ', 'avi'],
    ]).get(text.slice(8, 12));
  const signature = signatures.find(([, offset, bytes]) => text.startsWith(bytes, offset));
  if (signature !== undefined) return signature[0];
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text.slice(0, 4))) return detectTiff(head, claimed);
  if (text.startsWith('IIU\0')) return claimed !== undefined && tiffBased.has(claimed.name) ? claimed.name : 'rw2';
  if (text.slice(4, 8) === 'ftyp') return detectIsoMedia(head, claimed);
  if (['moov', 'mdat', 'wide', 'free', 'skip'].includes(text.slice(4, 8))) return 'quicktime';
  if (text.startsWith('\x1aE\xdf\xa3')) return head.includes('webm') ? 'webm' : 'matroska';
  if (text.startsWith('BM') && head.length >= 18 && head.readUInt32LE(6) === 0) return 'bmp';
  if (isTransportStream(head, 0, 188) || isTransportStream(head, 4, 192)) return 'mpegts';
  return detectXml(head);
}

function detectTiff(head: Buffer, claimed: MediaFormat | undefined): string {
  if (head.toString('latin1', 8, 10) === 'CR') return 'cr2';
  if (claimed !== undefined && tiffBased.has(claimed.name)) return claimed.name;
  return hasDngVersion(head) ? 'dng' : 'tiff';
}

function hasDngVersion(head: Buffer): boolean {
  const little = head[0] === 0x49;
  const read16 = (at: number) => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  if (head.length < 8) return false;
  const directory = little ? head.readUInt32LE(4) : head.readUInt32BE(4);
  if (directory + 2 > head.length) return false;
  const entries = read16(directory);
  for (let at = directory + 2, index = 0; index < entries && at + 12 <= head.length; index += 1, at += 12) {
    if (read16(at) === 0xc612) return true;
  }
  return false;
}

/** @see ISO/IEC 14496-12 section 4.3, the file type box */
function detectIsoMedia(head: Buffer, claimed: MediaFormat | undefined): string {
  const end = Math.min(head.length, Math.max(16, head.readUInt32BE(0)));
  const brands = [head.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString('latin1', at, at + 4));
  const major = brands[0] ?? '';
  const has = (...names: string[]) => brands.some((brand) => names.includes(brand));
  if (major === 'crx ') return 'cr3';
  if (has('avif', 'avis')) return 'avif';
  if (has('heic', 'heix', 'hevc', 'hevx', 'heim', 'heis')) return claimed?.name === 'heif' ? 'heif' : 'heic';
  if (['mif1', 'msf1', 'mif2'].includes(major)) return 'heif';
  if (major === 'qt  ') return 'quicktime';
  return major.startsWith('3g') ? '3gp' : 'mp4';
}

function isTransportStream(head: Buffer, offset: number, packetBytes: number): boolean {
  return [0, 1, 2].every((packet) => head[offset + packet * packetBytes] === 0x47);
}

function detectXml(head: Buffer): string | undefined {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (!text.startsWith('<')) return undefined;
  if (/<x:xmpmeta|<rdf:RDF/.test(text)) return text.includes('<svg') ? 'svg' : 'xmp';
  return /<(\w+:)?svg[\s>]/.test(text) ? 'svg' : undefined;
}

function looksBinary(head: Buffer): boolean {
  return head.includes(0);
}
