import type { Region } from '#shared/media/decode-rgb.ts';
import type { PixelSize } from '#shared/media/pixel-sizes.ts';

/**
 * Four overlapping tiles, in which faces are larger at the detector's input than in the whole picture; none if the
 * picture is not larger than that input.
 */
export function listTiles({ width, height }: PixelSize, share: number, detector: PixelSize): Region[] {
  if (width <= detector.width && height <= detector.height) return [];
  const tile = { width: Math.ceil(width * share), height: Math.ceil(height * share) };
  return [0, height - tile.height].flatMap((top) => [0, width - tile.width].map((left) => ({ left, top, ...tile })));
}
