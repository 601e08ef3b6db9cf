import { stat } from 'node:fs/promises';
import type * as ExiftoolReader from './exiftool-reader.ts';
import { readFast } from './fast-reader.ts';
import type { MediaMetadata, MetadataRequest, PictureShape } from './media-metadata.ts';
import { normalizeMetadata, type FoundMetadata } from './normalize-metadata.ts';

/** Returns the shape of a picture; undefined for files that are not rendered. */
export type ShapeReader = (path: string, fileName: string) => Promise<PictureShape | undefined>;

/**
 * Reads the metadata of the file at `path` and of its sidecar, if one is given. A file without metadata gives nulls and
 * the earliest of the fallback dates. The usual JPEG of a phone is read in a millisecond, all other files by exiftool;
 * the shape of files that can be rendered comes from the decoder.
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

/** Ends the processes that `readMetadata` keeps running; a later read starts new ones. */
export async function closeMetadataReaders(): Promise<void> {
  const reader = await exiftoolReader;
  await reader?.closeExiftool();
}

/** Loads sharp only when it is needed. */
async function readShapeHere(path: string, fileName: string): Promise<PictureShape | undefined> {
  return (await import('./read-shape.ts')).readShape(path, fileName);
}

let exiftoolReader: Promise<typeof ExiftoolReader> | undefined;

/** exiftool-vendored takes 40 ms to load; a process that reads only phone pictures does not need it. */
async function readSlowly(path: string): Promise<FoundMetadata> {
  exiftoolReader ??= import('./exiftool-reader.ts');
  const { readWithExiftool } = await exiftoolReader;
  return readWithExiftool(path);
}
