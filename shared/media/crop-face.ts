import { explainDecodeFailure } from './decode-failure.ts';
import { inspectImage } from './inspect-image.ts';
import { portrait } from './pixel-sizes.ts';
import { sharp } from './sharp.ts';

/**
 * A face in pixels of a picture of `imageWidth` by `imageHeight`; the picture that is cropped may have another size.
 */
export interface FaceRegion {
  imageWidth: number;
  imageHeight: number;
  boundingBoxX1: number;
  boundingBoxY1: number;
  boundingBoxX2: number;
  boundingBoxY2: number;
}

/**
 * Renders a square JPEG around a face, for the list of people.
 * @throws media/undecodable, media/too-large, media/unsupported
 */
export async function cropFace(path: string, face: FaceRegion): Promise<Buffer> {
  try {
    const { size } = await inspectImage(path, path);
    const { left, top, edge } = squareAround(face, size);
    return await sharp(path)
      .autoOrient()
      .extract({ left, top, width: edge, height: edge })
      .resize(portrait.edgePixels, portrait.edgePixels)
      .jpeg({ quality: portrait.quality })
      .toBuffer();
  } catch (error) {
    throw await explainDecodeFailure(path, error);
  }
}

/** The square that contains the face with a margin, moved to lie inside the picture if necessary. */
export function squareAround(
  face: FaceRegion,
  size: { width: number; height: number },
): { left: number; top: number; edge: number } {
  const scale = size.width / face.imageWidth;
  const [x1, y1, x2, y2] = [face.boundingBoxX1, face.boundingBoxY1, face.boundingBoxX2, face.boundingBoxY2].map(
    (it) => it * scale,
  ) as [number, number, number, number];
  const wanted = Math.round(Math.max(x2 - x1, y2 - y1) * portrait.room);
  const edge = Math.max(1, Math.min(wanted, size.width, size.height));
  const place = (center: number, length: number) => Math.round(Math.min(Math.max(0, center - edge / 2), length - edge));
  return { left: place((x1 + x2) / 2, size.width), top: place((y1 + y2) / 2, size.height), edge };
}
