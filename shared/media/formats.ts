import { extname } from 'node:path';

export type MediaKind = 'image' | 'video' | 'sidecar';

export interface MediaFormat {
  /** Unique, e.g. `jpeg`, `heic`, `nef`. */
  readonly name: string;
  readonly kind: MediaKind;
  readonly mimeType: string;
  /** Lower case, with the dot. The first is the usual one. */
  readonly extensions: readonly string[];
  /** `later`: stored, but not decoded yet. */
  readonly support: 'now' | 'later';
}

const format = (
  kind: MediaKind,
  name: string,
  mimeType: string,
  extensions: string,
  support: MediaFormat['support'] = 'later',
): MediaFormat => ({ name, kind, mimeType, extensions: extensions.split(' '), support });

/** Every media format of Immich 3.2.2. @see getSupportedMediaTypes */
export const mediaFormats: readonly MediaFormat[] = [
  format('image', 'jpeg', 'image/jpeg', '.jpg .jpe .jpeg .insp .mpo', 'now'),
  format('image', 'png', 'image/png', '.png', 'now'),
  format('image', 'webp', 'image/webp', '.webp', 'now'),
  format('image', 'avif', 'image/avif', '.avif', 'now'),
  format('image', 'gif', 'image/gif', '.gif', 'now'),
  format('image', 'tiff', 'image/tiff', '.tif .tiff', 'now'),
  format('image', 'heic', 'image/heic', '.heic .hif'),
  format('image', 'heif', 'image/heif', '.heif'),
  format('image', 'jxl', 'image/jxl', '.jxl'),
  format('image', 'jp2', 'image/jp2', '.jp2'),
  format('image', 'bmp', 'image/bmp', '.bmp'),
  format('image', 'psd', 'image/vnd.adobe.photoshop', '.psd'),
  format('image', 'svg', 'image/svg+xml', '.svg'),
  format('image', '3fr', 'image/x-hasselblad-3fr', '.3fr'),
  format('image', 'ari', 'image/x-arriflex-ari', '.ari'),
  format('image', 'arw', 'image/x-sony-arw', '.arw'),
  format('image', 'cap', 'image/x-phaseone-cap', '.cap'),
  format('image', 'cin', 'image/x-phantom-cin', '.cin'),
  format('image', 'cr2', 'image/x-canon-cr2', '.cr2'),
  format('image', 'cr3', 'image/x-canon-cr3', '.cr3'),
  format('image', 'crw', 'image/x-canon-crw', '.crw'),
  format('image', 'dcr', 'image/x-kodak-dcr', '.dcr'),
  format('image', 'dng', 'image/x-adobe-dng', '.dng'),
  format('image', 'erf', 'image/x-epson-erf', '.erf'),
  format('image', 'fff', 'image/x-hasselblad-fff', '.fff'),
  format('image', 'iiq', 'image/x-phaseone-iiq', '.iiq'),
  format('image', 'k25', 'image/x-kodak-k25', '.k25'),
  format('image', 'kdc', 'image/x-kodak-kdc', '.kdc'),
  format('image', 'mrw', 'image/x-minolta-mrw', '.mrw'),
  format('image', 'nef', 'image/x-nikon-nef', '.nef'),
  format('image', 'nrw', 'image/x-nikon-nrw', '.nrw'),
  format('image', 'orf', 'image/x-olympus-orf', '.orf .ori'),
  format('image', 'pef', 'image/x-pentax-pef', '.pef'),
  format('image', 'raf', 'image/x-fuji-raf', '.raf'),
  format('image', 'raw', 'image/x-panasonic-raw', '.raw'),
  format('image', 'rw2', 'image/x-panasonic-rw2', '.rw2'),
  format('image', 'rwl', 'image/x-leica-rwl', '.rwl'),
  format('image', 'sr2', 'image/x-sony-sr2', '.sr2'),
  format('image', 'srf', 'image/x-sony-srf', '.srf'),
  format('image', 'srw', 'image/x-samsung-srw', '.srw'),
  format('image', 'x3f', 'image/x-sigma-x3f', '.x3f'),
  format('video', 'mp4', 'video/mp4', '.mp4 .m4v .insv'),
  format('video', 'quicktime', 'video/quicktime', '.mov'),
  format('video', '3gp', 'video/3gpp', '.3gp .3gpp'),
  format('video', 'matroska', 'video/x-matroska', '.mkv'),
  format('video', 'webm', 'video/webm', '.webm'),
  format('video', 'avi', 'video/x-msvideo', '.avi'),
  format('video', 'flv', 'video/x-flv', '.flv'),
  format('video', 'wmv', 'video/x-ms-wmv', '.wmv'),
  format('video', 'mpeg', 'video/mpeg', '.mpg .mpe .mpeg .vob'),
  format('video', 'mpegts', 'video/mp2t', '.ts .m2t .m2ts .mts'),
  format('video', 'mxf', 'application/mxf', '.mxf'),
  format('sidecar', 'xmp', 'application/rdf+xml', '.xmp'),
];

const byExtension = new Map(mediaFormats.flatMap((entry) => entry.extensions.map((extension) => [extension, entry])));
const byName = new Map(mediaFormats.map((entry) => [entry.name, entry]));

/** Finds the format by the file name's extension; `detectFormat` decides by the bytes. */
export function findFormat(fileName: string): MediaFormat | undefined {
  return byExtension.get(extname(fileName).toLowerCase());
}

/** @throws a RangeError for an unknown name: names come from this table */
export function getFormat(name: string): MediaFormat {
  const entry = byName.get(name);
  if (entry === undefined) throw new RangeError(`No media format is called ${name}`);
  return entry;
}

/** All extensions, sorted, with the dot. @see getSupportedMediaTypes */
export function listExtensions(kind: MediaKind): string[] {
  return mediaFormats.flatMap((entry) => (entry.kind === kind ? entry.extensions : [])).sort();
}
