import type { Region } from '#shared/media/decode-rgb.ts';
import type { PixelSize } from '#shared/media/pixel-sizes.ts';

/**
 * Four tiles that overlap, in which faces are larger to a detector than in the whole picture; none where the picture
 * has no more pixels to show than the detector takes.
 */
export function listTiles({ width, height }: PixelSize, share: number, detector: PixelSize): Region[] {
  if (width <= detector.width && height <= detector.height) return [];
  const tile = { width: Math.ceil(width * share), height: Math.ceil(height * share) };
  return [0, height - tile.height].flatMap((top) => [0, width - tile.width].map((left) => ({ left, top, ...tile })));
}
