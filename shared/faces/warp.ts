import type { RgbImage } from '#shared/media/decode-rgb.ts';
import type { Similarity } from './similarity.ts';

/** More samples than this per side make no measurable difference. */
const samplesMax = 4;

/**
 * Cuts a square out of a picture: `toSource` maps points of the square to the picture. Bilinear; where the square is
 * smaller than its source, several samples are averaged for each of its pixels. Black outside the picture.
 */
export function warpSquare(image: RgbImage, toSource: Similarity, edgePixels: number): RgbImage {
  const { a, b, dx, dy } = toSource;
  const samples = Math.min(samplesMax, Math.max(1, Math.round(Math.hypot(a, b))));
  const data = new Uint8Array(edgePixels * edgePixels * 3);
  const sum = new Float64Array(3);
  for (let row = 0; row < edgePixels; row++) {
    for (let column = 0; column < edgePixels; column++) {
      sum.fill(0);
      for (let n = 0; n < samples * samples; n++) {
        const x = column + ((n % samples) + 0.5) / samples - 0.5;
        const y = row + (Math.floor(n / samples) + 0.5) / samples - 0.5;
        addSample(image, a * x - b * y + dx, b * x + a * y + dy, sum);
      }
      const to = (row * edgePixels + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = Math.round((sum[channel] ?? 0) / (samples * samples));
      }
    }
  }
  return { data, width: edgePixels, height: edgePixels };
}

function addSample({ data, width, height }: RgbImage, x: number, y: number, sum: Float64Array): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  for (let corner = 0; corner < 4; corner++) {
    const column = left + (corner & 1);
    const row = top + (corner >> 1);
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
    const from = (row * width + column) * 3;
    for (let channel = 0; channel < 3; channel++) {
      sum[channel] = (sum[channel] ?? 0) + weight * (data[from + channel] ?? 0);
    }
  }
}
