import { stat } from 'node:fs/promises';
import type * as ExiftoolReader from './exiftool-reader.ts';
import { readFast } from './fast-reader.ts';
import type { MediaMetadata, MetadataRequest, PictureShape } from './media-metadata.ts';
import { normalizeMetadata, type FoundMetadata } from './normalize-metadata.ts';

/** The shape of a picture; undefined for what no pictures are made of. */
export type ShapeReader = (path: string, fileName: string) => Promise<PictureShape | undefined>;

/**
 * Reads what the file at `path`, and the sidecar if one is named, say of the picture.
 * A file that says nothing gives nulls and the earliest of the fallback dates.
 * The usual JPEG of a phone is read in a millisecond, everything else by exiftool, but for the shape of what can be
 * rendered, where the decoder has the last word.
 */
export async function readMetadata(
  path: string,
  request: MetadataRequest,
  readShape: ShapeReader = readShapeHere,
): Promise<MediaMetadata> {
  const { sidecarPath } = request;
  const { size } = await stat(path);
  const { found = { ...(await readSlowly(path)), shape: await readShape(path, request.fileName) } } =
    await readFast(path);
  const sidecar = sidecarPath === undefined ? undefined : await readSlowly(sidecarPath);
  return normalizeMetadata(found, sidecar, size, request);
}

/** Ends what `readMetadata` keeps running; a later read starts it again. */
export async function closeMetadataReaders(): Promise<void> {
  const reader = await exiftoolReader;
  await reader?.closeExiftool();
}

/** sharp is not loaded before it is needed. */
async function readShapeHere(path: string, fileName: string): Promise<PictureShape | undefined> {
  return (await import('./read-shape.ts')).readShape(path, fileName);
}

let exiftoolReader: Promise<typeof ExiftoolReader> | undefined;

/** exiftool-vendored takes 40 ms to load, which a process that only meets phone pictures never pays. */
async function readSlowly(path: string): Promise<FoundMetadata> {
  exiftoolReader ??= import('./exiftool-reader.ts');
  const { readWithExiftool } = await exiftoolReader;
  return readWithExiftool(path);
}
