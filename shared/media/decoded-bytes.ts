import type { Metadata } from 'sharp';

type Facts = Pick<Metadata, 'format' | 'width' | 'height' | 'channels' | 'depth' | 'isProgressive' | 'pages'>;

const bytesOfDepth: Readonly<Record<string, number>> = {
  uchar: 1,
  char: 1,
  ushort: 2,
  short: 2,
  double: 8,
  complex: 8,
};

/** An upper bound of the memory for decoding a picture: its pixels times a factor of its format. */
export function countDecodedBytes(facts: Facts): number {
  const { width, height, channels, depth } = facts;
  return width * height * channels * (bytesOfDepth[depth] ?? 4) * copiesOf(facts);
}

function copiesOf({ format, isProgressive, pages = 1 }: Facts): number {
  // A progressive JPEG takes two bytes for each coefficient of the whole picture, and its pixels.
  if (format === 'jpeg') return isProgressive ? 3 : 1;
  // Of an interlaced PNG no row is complete before the last pass.
  if (format === 'png') return isProgressive ? 2 : 1;
  if (format === 'gif') return pages;
  if (format === 'webp') return 2 * pages;
  return format === 'heif' ? 2 : 1;
}
