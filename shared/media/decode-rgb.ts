import { explainDecodeFailure } from './decode-failure.ts';
import { inspectImage } from './inspect-image.ts';
import { fitLongEdge, type PixelSize } from './pixel-sizes.ts';
import { sharp } from './sharp.ts';

/** Rows from the top, each pixel as red, green and blue of sRGB, a byte each. */
export interface RgbImage extends PixelSize {
  data: Uint8Array;
}

export interface Region extends PixelSize {
  left: number;
  top: number;
}

export interface DecodeOptions {
  /** A picture with a longer edge is shrunk to this while it is decoded. */
  maxEdgePixels: number;
}

/**
 * Decodes the picture at `path` as it is displayed: EXIF orientation applied, colours as sRGB, transparency on white.
 * @throws media/unsupported, media/undecodable, media/too-large
 */
export async function decodeRgb(path: string, { maxEdgePixels }: DecodeOptions): Promise<RgbImage> {
  try {
    const { size } = await inspectImage(path, path);
    const { width, height } = fitLongEdge(size, maxEdgePixels);
    const image = sharp(path, { failOn: 'error', limitInputPixels: false })
      .autoOrient()
      .resize(width, height, { fit: 'fill' })
      .flatten({ background: '#fff' })
      .toColourspace('srgb');
    return await toRgb(image);
  } catch (error) {
    throw await explainDecodeFailure(path, error);
  }
}

/** Cuts out a region and resizes it. */
export async function resizeRgb(image: RgbImage, region: Region, { width, height }: PixelSize): Promise<RgbImage> {
  return toRgb(openRgb(image).extract(region).resize(width, height, { fit: 'fill' }));
}

/** A sharp that starts from these pixels. */
export function openRgb({ data, width, height }: RgbImage) {
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

async function toRgb(image: ReturnType<typeof sharp>): Promise<RgbImage> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
