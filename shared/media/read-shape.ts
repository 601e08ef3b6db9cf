import { isDarkroomError } from '#shared/errors/errors.ts';
import { readHeader } from './inspect-image.ts';
import type { PictureShape } from './media-metadata.ts';

/**
 * The shape of the pictures that `renderImage` makes from the file at `path`; undefined for files that it cannot
 * render.
 */
export async function readShape(path: string, fileName: string): Promise<PictureShape | undefined> {
  try {
    const { metadata, size, orientation } = await readHeader(path, fileName);
    const { width, height } = metadata;
    const applied = metadata.orientation === undefined ? null : orientation;
    return { exifImageWidth: width, exifImageHeight: height, ...size, orientation: applied };
  } catch (error) {
    if (isDarkroomError(error) && error.retry) throw error;
    return undefined;
  }
}
