import { open } from 'node:fs/promises';
import type { Metadata } from 'sharp';
import { DarkroomError } from '#shared/errors/errors.ts';
import { detectFormat, detectionBytes } from './detect-format.ts';
import type { MediaFormat } from './formats.ts';
import { mediaRecipe, type PixelSize } from './pixel-sizes.ts';
import { sharp } from './sharp.ts';
import { readTiffSamples, type TiffSamples } from './tiff-samples.ts';

export interface InspectedImage {
  format: MediaFormat;
  /** As displayed, EXIF orientation applied. */
  size: PixelSize;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  metadata: Metadata;
  /** For TIFF only. */
  samples: TiffSamples | undefined;
}

/**
 * Reads the header of the picture at the path `source`; decodes no pixels.
 * @throws media/unsupported, media/undecodable, media/too-large
 */
export async function inspectImage(source: string, fileName: string, inputPixelsMax?: number): Promise<InspectedImage> {
  const inspected = await readHeader(source, fileName);
  checkPixels(inspected.metadata, inputPixelsMax);
  return inspected;
}

/**
 * Like `inspectImage`, without a limit of size.
 * @throws media/unsupported, media/undecodable; errors of sharp untranslated
 */
export async function readHeader(source: string, fileName: string): Promise<InspectedImage> {
  const format = await detectSupported(source, fileName);
  const metadata = await sharp(source, { failOn: 'error', limitInputPixels: false }).metadata();
  const { width, height } = metadata.autoOrient;
  const { orientation = 1 } = metadata;
  return {
    format,
    metadata,
    size: { width, height },
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    samples: metadata.format === 'tiff' ? await readTiffSamples(source, metadata) : undefined,
  };
}

/** Reads as many first bytes of a file as `detectFormat` needs. */
export async function readFirstBytes(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(detectionBytes), 0, detectionBytes, 0);
  return buffer.subarray(0, bytesRead);
}

async function detectSupported(source: string, fileName: string): Promise<MediaFormat> {
  const firstBytes = await readFirstBytes(source);
  if (firstBytes.length === 0) throw new DarkroomError('media/undecodable', 'The file is empty');
  const format = detectFormat(firstBytes, fileName);
  if (format === undefined) throw new DarkroomError('media/undecodable', 'The bytes are not of a known picture format');
  if (format.kind !== 'image' || format.support === 'later') {
    throw new DarkroomError('media/unsupported', `Pictures cannot be made of ${format.name} files yet`);
  }
  return format;
}

function checkPixels(metadata: Metadata, inputPixelsMax: number | undefined): void {
  const baselineJpeg = metadata.format === 'jpeg' && !metadata.isProgressive;
  const pixelsMax =
    inputPixelsMax ?? (baselineJpeg ? mediaRecipe.baselineJpegInputPixelsMax : mediaRecipe.inputPixelsMax);
  const { width, height } = metadata;
  if (!(width > 0 && height > 0)) throw new DarkroomError('media/undecodable', 'The picture has no pixels');
  if (width * height > pixelsMax) {
    throw new DarkroomError('media/too-large', `The picture has ${width} x ${height} pixels, more than ${pixelsMax}`);
  }
}
