import { expect, test } from 'vitest';
import { decodePlain } from './decode-plain.ts';
import { decodeScrfd } from './decode-scrfd.ts';
import { getModelSet, type PlainDetector, type ScrfdDetector } from './model-set.ts';
import type { NumberTensor } from './tensor.ts';

const scrfd = getModelSet('buffalo_l').detector as ScrfdDetector;
const plain = getModelSet('faceplugin').detector as PlainDetector;

/** Outputs of SCRFD for 640 x 640 without any face. */
function emptyOutputs(): [NumberTensor[], NumberTensor[], NumberTensor[]] {
  const level = (values: number) =>
    scrfd.strides.map((stride) => {
      const anchors = (640 / stride) ** 2 * scrfd.anchorsPerCell;
      return { data: new Float32Array(anchors * values), dims: [anchors, values] };
    });
  return [level(1), level(4), level(10)];
}

test('scrfd: a box is the anchor plus distances in strides', () => {
  const [scores, boxes, keypoints] = emptyOutputs();
  const stride = 16;
  const [column, row, anchorInCell] = [7, 3, 1];
  const anchor = (row * (640 / stride) + column) * 2 + anchorInCell;
  scores[1]?.data.set([0.9], anchor);
  boxes[1]?.data.set([1, 1.5, 2, 2.5], anchor * 4);
  keypoints[1]?.data.set([-0.5, -0.5, 0.5, -0.5, 0, 0, -0.25, 1, 0.25, 1], anchor * 10);
  const [x, y] = [column * stride, row * stride];
  const found = decodeScrfd([...scores, ...boxes, ...keypoints], scrfd, 0.7);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ x1: x - 16, y1: y - 24, x2: x + 32, y2: y + 40 });
  expect(found[0]?.score).toBeCloseTo(0.9);
  expect(found[0]?.landmarks).toEqual([
    { x: x - 8, y: y - 8 },
    { x: x + 8, y: y - 8 },
    { x, y },
    { x: x - 4, y: y + 16 },
    { x: x + 4, y: y + 16 },
  ]);
});

test('scrfd: all strides are read, and boxes below the minimum score are dropped', () => {
  const [scores, boxes, keypoints] = emptyOutputs();
  for (const level of scores) level.data.set([0.69, 0.71]);
  for (const level of boxes) level.data.set([0, 0, 0, 0, 1, 1, 1, 1]);
  const found = decodeScrfd([...scores, ...boxes, ...keypoints], scrfd, 0.7);
  expect(found.map((it) => it.x2)).toEqual([8, 16, 32]);
});

test('scrfd: a model with other outputs is refused', () => {
  const [scores, boxes] = emptyOutputs();
  expect(() => decodeScrfd([...scores, ...boxes], scrfd, 0.7)).toThrow('6 outputs');
});

test('plain: boxes are fractions of the input, distinguished from scores by their shape', () => {
  const scores = { data: new Float32Array([0.9, 0.1, 0.25, 0.75]), dims: [1, 2, 2] };
  const boxes = { data: new Float32Array([0, 0, 1, 1, 0.25, 0.5, 0.5, 0.75]), dims: [1, 2, 4] };
  const expected = [{ x1: 80, y1: 120, x2: 160, y2: 180, score: 0.75 }];
  expect(decodePlain([scores, boxes], plain, 0.65)).toEqual(expected);
  expect(decodePlain([boxes, scores], plain, 0.65)).toEqual(expected);
});
