/** The pixel sizes and qualities of derivatives. A change here needs a new `recipeVersion`. */
export const mediaRecipe = {
  thumbnail: { shortEdgePixels: 250, longEdgePixelsMax: 16_383, pixelsMax: 1_000_000, quality: 80, effort: 2 },
  preview: { shortEdgePixels: 1440, longEdgePixelsMax: 16_383, pixelsMax: 24_000_000, quality: 80 },
  thumbhash: { longEdgePixels: 100 },
  /** Larger pictures are refused. A baseline JPEG is shrunk while it is read, so phones with 200 megapixels pass. */
  inputPixelsMax: 150_000_000,
  baselineJpegInputPixelsMax: 268_000_000,
} as const;

const recipeVersion = 1;

/** The recipe of the thumbnail stage: identifies the output of `renderImage`. */
export const thumbnailRecipe = `webp${mediaRecipe.thumbnail.shortEdgePixels}q${mediaRecipe.thumbnail.quality}-jpeg${mediaRecipe.preview.shortEdgePixels}q${mediaRecipe.preview.quality}-v${recipeVersion}`;

export interface PixelSize {
  width: number;
  height: number;
}

/** Shrinks `size` until its short edge, long edge and area are within their bounds; never enlarges, never returns 0. */
export function fitShortEdge(
  size: PixelSize,
  bounds: { shortEdgePixels: number; longEdgePixelsMax: number; pixelsMax: number },
): PixelSize {
  const { width, height } = size;
  const scale = Math.min(
    1,
    bounds.shortEdgePixels / Math.min(width, height),
    bounds.longEdgePixelsMax / Math.max(width, height),
    Math.sqrt(bounds.pixelsMax / (width * height)),
  );
  return scaleSize(size, scale);
}

/** Shrinks `size` until its long edge is at most `longEdgePixels`; never enlarges, never returns 0. */
export function fitLongEdge(size: PixelSize, longEdgePixels: number): PixelSize {
  return scaleSize(size, Math.min(1, longEdgePixels / Math.max(size.width, size.height)));
}

function scaleSize({ width, height }: PixelSize, scale: number): PixelSize {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The picture of a person: a square of this edge, `room` times as large as the face. */
export const portrait = { edgePixels: 250, quality: 80, room: 1.6 } as const;
