import { decline } from './declined.ts';

/** Properties that cameras write and that contain no metadata read here. */
const silentProperties = new Set([
  'xmp:CreatorTool',
  'xmp:ModifyDate',
  'xmp:MetadataDate',
  'GCamera:MotionPhoto',
  'GCamera:MotionPhotoVersion',
  'GCamera:MotionPhotoPresentationTimestampUs',
  'GCamera:MicroVideo',
  'GCamera:MicroVideoVersion',
  'GCamera:MicroVideoOffset',
  'GCamera:MicroVideoPresentationTimestampUs',
]);
const silentPrefixes = new Set([
  'x',
  'rdf',
  'xml',
  'xmlns',
  'hdrgm',
  'Container',
  'Item',
  'HDRGainMap',
  'apdi',
  'aux_hdr',
]);

/** Reads the rating from an XMP packet without other relevant properties; declines every other packet. */
export function readSilentXmp(packet: Buffer): { rating: number | undefined } {
  const text = packet.toString('utf8');
  if (text.includes('\uFFFD') || text.includes('<!')) decline('an odd XMP packet');
  let rating: number | undefined;
  for (const [, prefix = '', name = ''] of text.matchAll(/[\s<]([A-Za-z_][\w.-]*):([\w.-]+)(?=[\s=/>])/g)) {
    const property = `${prefix}:${name}`;
    if (property === 'xmp:Rating') rating ??= readRating(text);
    else if (!silentPrefixes.has(prefix) && !silentProperties.has(property)) decline(`XMP ${property}`);
  }
  return { rating };
}

function readRating(text: string): number {
  const values = [...text.matchAll(/xmp:Rating(?:\s*=\s*["']|>)\s*([0-5])\s*(?:["']|<)/g)];
  const [only] = values;
  return values.length === 1 ? Number(only?.[1]) : decline('an odd rating');
}
