import { expect, test } from 'vitest';
import { fixture } from '#test/fixtures/index.ts';
import { decodeRgb, resizeRgb, type RgbImage } from './decode-rgb.ts';

const at = ({ data, width }: RgbImage, x: number, y: number) => [
  ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

function expectNear(a: readonly number[], b: readonly number[]): void {
  for (const [n, it] of a.entries()) expect(Math.abs(it - (b[n] ?? 0))).toBeLessThan(12);
}

test('every EXIF orientation is decoded upright', async () => {
  const upright = await decodeRgb((await fixture('orientation-1')).path, { maxEdgePixels: 400 });
  for (const name of ['orientation-3', 'orientation-6', 'orientation-8'] as const) {
    const image = await decodeRgb((await fixture(name)).path, { maxEdgePixels: 400 });
    expect([image.width, image.height]).toEqual([upright.width, upright.height]);
    for (const [x, y] of [
      [20, 20],
      [image.width - 20, 20],
      [20, image.height - 20],
    ] as const) {
      expectNear(at(image, x, y), at(upright, x, y));
    }
  }
});

test('pictures of every kind become three bytes a pixel', async () => {
  for (const name of [
    'png',
    'webp',
    'avif',
    'gif',
    'grey-jpeg',
    'png-16-bit',
    'cmyk-jpeg',
    'png-with-alpha',
  ] as const) {
    const { data, width, height } = await decodeRgb((await fixture(name)).path, { maxEdgePixels: 100 });
    expect(Math.max(width, height)).toBe(100);
    expect(data).toHaveLength(width * height * 3);
  }
});

test('a file that is not a picture is media/undecodable', async () => {
  await expect(decodeRgb((await fixture('text-called-jpg')).path, { maxEdgePixels: 100 })).rejects.toMatchObject({
    code: 'media/undecodable',
  });
});

test('a region is cut out and resized', async () => {
  const image = { width: 4, height: 2, data: new Uint8Array(24).fill(10, 0, 24) };
  image.data.set([200, 100, 50], 9);
  const region = await resizeRgb(image, { left: 3, top: 0, width: 1, height: 1 }, { width: 2, height: 2 });
  expect([region.width, region.height, ...region.data.subarray(9)]).toEqual([2, 2, 200, 100, 50]);
});
