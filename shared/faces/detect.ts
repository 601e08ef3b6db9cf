import { resizeRgb, type Region, type RgbImage } from '#shared/media/decode-rgb.ts';
import type { PixelSize } from '#shared/media/pixel-sizes.ts';
import { decodePlain } from './decode-plain.ts';
import { decodeScrfd } from './decode-scrfd.ts';
import { containment, overlap, suppress, type Box, type Detection, type Point } from './geometry.ts';
import type { ModelSet } from './model-set.ts';
import type { Session } from './session.ts';
import { toPlanes } from './tensor.ts';
import { listTiles } from './tiles.ts';

/**
 * Boxes that contain each other by more than this share are of one face: a box of a part of a face lies inside the box
 * of the whole.
 */
const containmentMax = 0.7;

/** A box this close to the edge of a tile, in pixels of the detector's input, belongs to a face that the tile cuts. */
const edgeMarginPixels = 2;

/** Finds faces in the whole picture, and small ones in its tiles. Boxes are in pixels of the picture and inside it. */
export async function detectFaces(
  image: RgbImage,
  set: ModelSet,
  session: Session,
  signal?: AbortSignal,
): Promise<Detection[]> {
  const { detector, scoreMin, heightPixelsMin } = set;
  const isAlike = (a: Box, b: Box) => overlap(a, b) > detector.overlapMax || containment(a, b) > containmentMax;
  const found = await detectInRegion(image, { left: 0, top: 0, ...sizeOf(image) }, { detector, scoreMin, session });
  const { tiles } = detector;
  for (const tile of tiles === undefined ? [] : listTiles(image, tiles.share, detector)) {
    signal?.throwIfAborted();
    const options = { detector, scoreMin: tiles?.scoreMin ?? scoreMin, session };
    for (const detection of await detectInRegion(image, tile, options)) {
      if (!found.some((it) => isAlike(it, detection))) found.push(detection);
    }
  }
  return found
    .map((it) => ({ ...it, ...clip(it, image) }))
    .filter(({ x1, y1, x2, y2 }) => x2 > x1 && y2 - y1 >= heightPixelsMin)
    .toSorted((a, b) => b.score - a.score);
}

const sizeOf = ({ width, height }: PixelSize): PixelSize => ({ width, height });

async function detectInRegion(
  image: RgbImage,
  region: Region,
  { detector, scoreMin, session }: Pick<ModelSet, 'detector' | 'scoreMin'> & { session: Session },
): Promise<Detection[]> {
  const scale = Math.min(detector.width / region.width, detector.height / region.height);
  const fitted = await resizeRgb(image, region, {
    width: Math.max(1, Math.min(detector.width, Math.round(region.width * scale))),
    height: Math.max(1, Math.min(detector.height, Math.round(region.height * scale))),
  });
  const outputs = await session.run(toPlanes(fitted, detector, detector));
  const detections =
    detector.decoder === 'plain' ? decodePlain(outputs, detector, scoreMin) : decodeScrfd(outputs, detector, scoreMin);
  const back = ({ x, y }: Point): Point => ({
    x: region.left + (x * region.width) / fitted.width,
    y: region.top + (y * region.height) / fitted.height,
  });
  return suppress(detections, (a, b) => overlap(a, b) > detector.overlapMax)
    .filter((it) => it.x2 - it.x1 <= detector.aspectMax * (it.y2 - it.y1))
    .map((it) => move(it, back))
    .filter((it) => !isCut(it, region, image, edgeMarginPixels / scale));
}

/** True if a box touches an edge of the region that is not an edge of the picture. */
function isCut(
  { x1, y1, x2, y2 }: Box,
  { left, top, width, height }: Region,
  image: PixelSize,
  margin: number,
): boolean {
  return (
    (left > 0 && x1 < left + margin) ||
    (top > 0 && y1 < top + margin) ||
    (left + width < image.width && x2 > left + width - margin) ||
    (top + height < image.height && y2 > top + height - margin)
  );
}

function move({ x1, y1, x2, y2, score, landmarks }: Detection, to: (point: Point) => Point): Detection {
  const from = to({ x: x1, y: y1 });
  const until = to({ x: x2, y: y2 });
  const box = { x1: from.x, y1: from.y, x2: until.x, y2: until.y, score };
  if (landmarks === undefined) return box;
  const [a, b, c, d, e] = landmarks;
  return { ...box, landmarks: [to(a), to(b), to(c), to(d), to(e)] };
}

function clip({ x1, y1, x2, y2 }: Box, { width, height }: PixelSize): Box {
  return { x1: Math.max(0, x1), y1: Math.max(0, y1), x2: Math.min(width, x2), y2: Math.min(height, y2) };
}
