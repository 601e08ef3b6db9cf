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

/** At most what decoding a picture holds in memory: its pixels, times what its format has to hold beside them. */
export function countDecodedBytes(facts: Facts): number {
  const { width, height, channels, depth } = facts;
  return width * height * channels * (bytesOfDepth[depth] ?? 4) * copiesOf(facts);
}

function copiesOf({ format, isProgressive, pages = 1 }: Facts): number {
  // From coarse to fine: two bytes for each coefficient of the whole picture, and its pixels.
  if (format === 'jpeg') return isProgressive ? 3 : 1;
  // Interlaced: no row is known before the last pass.
  if (format === 'png') return isProgressive ? 2 : 1;
  if (format === 'gif') return pages;
  if (format === 'webp') return 2 * pages;
  return format === 'heif' ? 2 : 1;
}
