import type { RgbImage } from '#shared/media/decode-rgb.ts';
import type { PixelSize } from '#shared/media/pixel-sizes.ts';
import type { PixelScale } from './model-set.ts';

/** An input or output of a model, with its shape. */
export interface NumberTensor {
  data: Float32Array;
  dims: readonly number[];
}

/**
 * A picture as planes of red, green and blue, (pixel - mean) / divisor, in the top left of a tensor of `size`. The rest
 * is 0, the normalized mean.
 */
export function toPlanes(
  { data, width, height }: RgbImage,
  { mean, divisor }: PixelScale,
  size: PixelSize,
): NumberTensor {
  const plane = size.width * size.height;
  const planes = new Float32Array(plane * 3);
  for (let channel = 0; channel < 3; channel++) {
    for (let row = 0; row < Math.min(height, size.height); row++) {
      for (let column = 0; column < Math.min(width, size.width); column++) {
        const pixel = data[(row * width + column) * 3 + channel] ?? mean;
        planes[channel * plane + row * size.width + column] = (pixel - mean) / divisor;
      }
    }
  }
  return { data: planes, dims: [1, 3, size.height, size.width] };
}

/** The brightness of a picture as one plane, divided by `divisor`. @see ITU-R BT.601 */
export function toGreyPlane({ data, width, height }: RgbImage, divisor: number): NumberTensor {
  const plane = new Float32Array(width * height);
  for (let n = 0; n < plane.length; n++) {
    const [red = 0, green = 0, blue = 0] = data.subarray(n * 3, n * 3 + 3);
    plane[n] = (0.299 * red + 0.587 * green + 0.114 * blue) / divisor;
  }
  return { data: plane, dims: [1, 1, height, width] };
}

/** A copy of length 1; undefined for a zero vector. */
export function normalize(vector: Float32Array): Float32Array | undefined {
  const length = Math.hypot(...vector);
  return length > 0 && Number.isFinite(length) ? vector.map((it) => it / length) : undefined;
}
