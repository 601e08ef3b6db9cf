import { expect, test } from 'vitest';
import { containment, overlap, suppress } from './geometry.ts';
import { applySimilarity, faceTemplate, fitSimilarity, invertSimilarity } from './similarity.ts';
import { normalize, toGreyPlane, toPlanes } from './tensor.ts';
import { listTiles } from './tiles.ts';
import { warpSquare } from './warp.ts';

const box = (x1: number, y1: number, x2: number, y2: number, score = 1) => ({ x1, y1, x2, y2, score });

test('overlap and containment of boxes', () => {
  expect(overlap(box(0, 0, 10, 10), box(0, 0, 10, 10))).toBe(1);
  expect(overlap(box(0, 0, 10, 10), box(5, 0, 15, 10))).toBeCloseTo(1 / 3);
  expect(overlap(box(0, 0, 10, 10), box(10, 10, 20, 20))).toBe(0);
  expect(overlap(box(3, 3, 3, 3), box(3, 3, 3, 3))).toBe(0);
  expect(containment(box(0, 0, 10, 10), box(4, 4, 6, 6))).toBe(1);
});

test('of overlapping boxes the best is kept', () => {
  const boxes = [box(1, 0, 11, 10, 0.8), box(0, 0, 10, 10, 0.9), box(20, 0, 30, 10, 0.7)];
  expect(suppress(boxes, (a, b) => overlap(a, b) > 0.4)).toEqual([boxes[1], boxes[2]]);
});

test('a rotated, scaled and translated template is fitted exactly', () => {
  for (const degrees of [0, 30, -75, 180]) {
    const [scale, angle] = [2.5, (degrees * Math.PI) / 180];
    const known = { a: scale * Math.cos(angle), b: scale * Math.sin(angle), dx: 310, dy: -42 };
    const seen = faceTemplate.map((point) => applySimilarity(known, point));
    const found = fitSimilarity(seen, faceTemplate);
    const inverse = found && invertSimilarity(found);
    for (const name of ['a', 'b', 'dx', 'dy'] as const) expect(inverse?.[name]).toBeCloseTo(known[name], 6);
  }
});

test('with noisy points the fit is better than any similarity near it', () => {
  const seen = faceTemplate.map(({ x, y }, n) => ({ x: 3 * x + ((n * 7) % 5), y: 3 * y - ((n * 11) % 4) }));
  const fit = fitSimilarity(seen, faceTemplate);
  if (fit === undefined) throw new Error('no fit');
  const cost = (similarity: typeof fit) =>
    seen.reduce((sum, point, n) => {
      const { x, y } = applySimilarity(similarity, point);
      return sum + (x - (faceTemplate[n]?.x ?? 0)) ** 2 + (y - (faceTemplate[n]?.y ?? 0)) ** 2;
    }, 0);
  for (const name of ['a', 'b', 'dx', 'dy'] as const) {
    for (const step of [-0.001, 0.001]) expect(cost({ ...fit, [name]: fit[name] + step })).toBeGreaterThan(cost(fit));
  }
});

test('identical points have no similarity', () => {
  expect(
    fitSimilarity(
      [
        { x: 1, y: 1 },
        { x: 1, y: 1 },
      ],
      faceTemplate,
    ),
  ).toBeUndefined();
  expect(invertSimilarity({ a: 0, b: 0, dx: 1, dy: 1 })).toBeUndefined();
});

/** Red grows to the right, green downward. */
const gradient = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, n) => {
    const pixel = Math.floor(n / 3);
    return [pixel % width, Math.floor(pixel / width), 7][n % 3] ?? 0;
  }),
});

test('a square is cut at the place of its transform, at any scale', () => {
  const image = gradient(200, 100);
  const same = warpSquare(image, { a: 1, b: 0, dx: 40, dy: 20 }, 8);
  expect([...same.data.subarray(0, 6)]).toEqual([40, 20, 7, 41, 20, 7]);
  const smaller = warpSquare(image, { a: 4, b: 0, dx: 40, dy: 20 }, 8);
  expect([...smaller.data.subarray(0, 6)]).toEqual([40, 20, 7, 44, 20, 7]);
  const turned = warpSquare(image, { a: 0, b: 1, dx: 40, dy: 20 }, 8);
  expect([...turned.data.subarray(0, 6)]).toEqual([40, 20, 7, 40, 21, 7]);
});

test('a square is black outside the picture', () => {
  const outside = warpSquare(gradient(10, 10), { a: 1, b: 0, dx: 500, dy: -500 }, 4);
  expect(outside.data.every((it) => it === 0)).toBe(true);
});

test('tiles cover the picture and overlap; small pictures have none', () => {
  const size = { width: 320, height: 240 };
  const tiles = listTiles({ width: 1001, height: 601 }, 0.6, size);
  expect(tiles).toEqual([
    { left: 0, top: 0, width: 601, height: 361 },
    { left: 400, top: 0, width: 601, height: 361 },
    { left: 0, top: 240, width: 601, height: 361 },
    { left: 400, top: 240, width: 601, height: 361 },
  ]);
  expect(listTiles({ width: 320, height: 240 }, 0.6, size)).toEqual([]);
});

test('a picture becomes planes in the top left, padded with the mean', () => {
  const image = { width: 1, height: 2, data: new Uint8Array([255, 127, 0, 127, 127, 255]) };
  const { data, dims } = toPlanes(image, { mean: 127, divisor: 128 }, { width: 2, height: 2 });
  expect(dims).toEqual([1, 3, 2, 2]);
  expect([...data]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, -127 / 128, 0, 1, 0].map(Math.fround));
  expect(toGreyPlane({ width: 1, height: 1, data: new Uint8Array([100, 100, 100]) }, 100).data[0]).toBeCloseTo(1);
});

test('a vector is scaled to length 1, and a zero vector is undefined', () => {
  expect([...(normalize(new Float32Array([3, 4])) ?? [])]).toEqual([0.6, 0.8].map(Math.fround));
  expect(normalize(new Float32Array(4))).toBeUndefined();
  expect(normalize(new Float32Array([Number.NaN, 1]))).toBeUndefined();
});
