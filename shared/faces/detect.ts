import { resizeRgb, type Region, type RgbImage } from '#shared/media/decode-rgb.ts';
import type { PixelSize } from '#shared/media/pixel-sizes.ts';
import { decodePlain } from './decode-plain.ts';
import { decodeScrfd } from './decode-scrfd.ts';
import { containment, overlap, suppress, type Box, type Detection, type Point } from './geometry.ts';
import type { ModelSet } from './model-set.ts';
import type { Session } from './session.ts';
import { toPlanes } from './tensor.ts';
import { listTiles } from './tiles.ts';

/** A face found in a tile and again as part of a larger one in the whole picture is one face. */
const containmentMax = 0.7;

/** Finds faces in the whole picture and in its tiles. Boxes in pixels of the picture, inside it, best score first. */
export async function detectFaces(
  image: RgbImage,
  set: ModelSet,
  session: Session,
  signal?: AbortSignal,
): Promise<Detection[]> {
  const found: Detection[] = [];
  for (const region of [wholeOf(image), ...listTiles(image)]) {
    signal?.throwIfAborted();
    found.push(...(await detectInRegion(image, region, set, session)));
  }
  const isAlike = (a: Box, b: Box) => overlap(a, b) > set.detector.overlapMax || containment(a, b) > containmentMax;
  return suppress(found, isAlike)
    .map((it) => ({ ...it, ...clip(it, image) }))
    .filter(({ x1, y1, x2, y2 }) => x2 > x1 && y2 > y1);
}

const wholeOf = ({ width, height }: PixelSize): Region => ({ left: 0, top: 0, width, height });

async function detectInRegion(
  image: RgbImage,
  region: Region,
  { detector, scoreMin }: ModelSet,
  session: Session,
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
    .map((it) => move(it, back));
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
