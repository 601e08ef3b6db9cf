import type { FivePoints, Point } from './geometry.ts';

/** Rotates, scales and translates a point, without reflection: x' = a x - b y + dx, y' = b x + a y + dy. */
export interface Similarity {
  a: number;
  b: number;
  dx: number;
  dy: number;
}

/**
 * The five points of an aligned face in a square of 112 pixels.
 * @see https://github.com/deepinsight/insightface, the template that ArcFace models are trained with
 */
export const faceTemplate: FivePoints = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/**
 * The least-squares similarity from `from` to `to`; undefined if all points of `from` are identical. In two dimensions,
 * and without reflection, the solution needs no decomposition.
 * @see S. Umeyama, Least-squares estimation of transformation parameters between two point patterns, 1991
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity | undefined {
  const fromCentre = centre(from);
  const toCentre = centre(to);
  let along = 0;
  let across = 0;
  let spread = 0;
  for (const [n, point] of from.entries()) {
    const goal = to[n] ?? toCentre;
    const [fx, fy] = [point.x - fromCentre.x, point.y - fromCentre.y];
    const [tx, ty] = [goal.x - toCentre.x, goal.y - toCentre.y];
    along += fx * tx + fy * ty;
    across += fx * ty - fy * tx;
    spread += fx * fx + fy * fy;
  }
  if (!(spread > 0)) return undefined;
  const a = along / spread;
  const b = across / spread;
  return {
    a,
    b,
    dx: toCentre.x - a * fromCentre.x + b * fromCentre.y,
    dy: toCentre.y - b * fromCentre.x - a * fromCentre.y,
  };
}

export function applySimilarity({ a, b, dx, dy }: Similarity, { x, y }: Point): Point {
  return { x: a * x - b * y + dx, y: b * x + a * y + dy };
}

/** Returns undefined for a similarity of scale 0. */
export function invertSimilarity({ a, b, dx, dy }: Similarity): Similarity | undefined {
  const square = a * a + b * b;
  if (!(square > 0)) return undefined;
  return { a: a / square, b: -b / square, dx: -(a * dx + b * dy) / square, dy: (b * dx - a * dy) / square };
}

function centre(points: readonly Point[]): Point {
  const sum = points.reduce((it, { x, y }) => ({ x: it.x + x, y: it.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
