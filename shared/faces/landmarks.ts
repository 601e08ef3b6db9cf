import type { RgbImage } from '#shared/media/decode-rgb.ts';
import type { Box, FivePoints, Point } from './geometry.ts';
import type { LandmarkModel } from './model-set.ts';
import type { Session } from './session.ts';
import { applySimilarity, type Similarity } from './similarity.ts';
import { toGreyPlane } from './tensor.ts';
import { warpSquare } from './warp.ts';

/** Which of the 68 points make each of the five. @see https://ibug.doc.ic.ac.uk/resources/facial-point-annotations/ */
const partsOfFive = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]] as const;

/** Finds the five points of the face in `box`, in pixels of the picture. */
export async function findLandmarks(
  image: RgbImage,
  box: Box,
  model: LandmarkModel,
  session: Session,
): Promise<FivePoints> {
  const toSource = squareAround(box, model.edgePixels);
  const crop = warpSquare(image, toSource, model.edgePixels);
  const [output] = await session.run(toGreyPlane(crop, model.divisor));
  const shares = output?.data ?? new Float32Array();
  const point = (n: number): Point => ({
    x: (shares[n * 2] ?? 0) * model.edgePixels - 0.5,
    y: (shares[n * 2 + 1] ?? 0) * model.edgePixels - 0.5,
  });
  const [a, b, c, d, e] = partsOfFive.map((parts) => applySimilarity(toSource, mean(parts.map(point))));
  return [a, b, c, d, e] as FivePoints;
}

/** From a square of `edgePixels` to the square with the box's height and centre. */
function squareAround({ x1, y1, x2, y2 }: Box, edgePixels: number): Similarity {
  const scale = (y2 - y1) / edgePixels;
  const half = ((edgePixels - 1) / 2) * scale;
  return { a: scale, b: 0, dx: (x1 + x2 - 1) / 2 - half, dy: (y1 + y2 - 1) / 2 - half };
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce((it, { x, y }) => ({ x: it.x + x, y: it.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
