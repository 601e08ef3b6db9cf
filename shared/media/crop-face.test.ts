import { expect, test } from 'vitest';
import { squareAround } from './crop-face.ts';

const face = (x1: number, y1: number, x2: number, y2: number) => ({
  imageWidth: 1000,
  imageHeight: 500,
  boundingBoxX1: x1,
  boundingBoxY1: y1,
  boundingBoxX2: x2,
  boundingBoxY2: y2,
});

test('the square is centred on the face with a margin, at any size of the picture', () => {
  expect(squareAround(face(400, 200, 500, 300), { width: 1000, height: 500 })).toEqual({
    left: 370,
    top: 170,
    edge: 160,
  });
  expect(squareAround(face(400, 200, 500, 300), { width: 2000, height: 1000 })).toEqual({
    left: 740,
    top: 340,
    edge: 320,
  });
});

test.each([
  ['in a corner', face(0, 0, 100, 100), { left: 0, top: 0, edge: 160 }],
  ['at the far edge', face(950, 450, 1000, 500), { left: 920, top: 420, edge: 80 }],
  ['as large as the picture', face(0, 0, 1000, 500), { left: 250, top: 0, edge: 500 }],
])('a face %s gives a square inside the picture', (_where, region, square) => {
  expect(squareAround(region, { width: 1000, height: 500 })).toEqual(square);
});
