import type { Region } from '#shared/media/decode-rgb.ts';
import type { PixelSize } from '#shared/media/pixel-sizes.ts';

/** Edge of a tile as a share of the picture's: neighbours overlap by a fifth, so that a face at a seam is whole in one. */
const tileShare = 0.6;

/** Four overlapping tiles, in which faces are two thirds larger to a detector than in the whole picture. */
export function listTiles({ width, height }: PixelSize): Region[] {
  const tile = { width: Math.ceil(width * tileShare), height: Math.ceil(height * tileShare) };
  return [0, height - tile.height].flatMap((top) => [0, width - tile.width].map((left) => ({ left, top, ...tile })));
}
