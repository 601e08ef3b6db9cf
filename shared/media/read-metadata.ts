import { stat } from 'node:fs/promises';
import { closeExiftool, readWithExiftool } from './exiftool-reader.ts';
import type { MediaMetadata, MetadataRequest } from './media-metadata.ts';
import { normalizeMetadata } from './normalize-metadata.ts';

/**
 * Reads what the file at `path`, and the sidecar if one is named, say of the picture.
 * A file that says nothing gives nulls and the earliest of the fallback dates.
 */
export async function readMetadata(path: string, request: MetadataRequest): Promise<MediaMetadata> {
  const { sidecarPath } = request;
  const { size } = await stat(path);
  const [found, sidecar] = await Promise.all([
    readWithExiftool(path),
    sidecarPath === undefined ? undefined : readWithExiftool(sidecarPath),
  ]);
  return normalizeMetadata(found, sidecar, size, request);
}

/** Ends what `readMetadata` keeps running; a later read starts it again. */
export async function closeMetadataReaders(): Promise<void> {
  await closeExiftool();
}
