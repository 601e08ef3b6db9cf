import type { Db } from '#shared/db/db.ts';
import { describeAsset, shapeAsset } from '#shared/assets/describe-asset.ts';
import { findAssetFilePath } from '#shared/assets/render-asset.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isDarkroomError, toDarkroomError, type DarkroomError } from '#shared/errors/errors.ts';
import type { Decoder } from '#shared/media/decoder.ts';
import type { MediaMetadata, MetadataRequest, Place } from '#shared/media/media-metadata.ts';
import { pickMetadataRanges } from '#shared/media/metadata-ranges.ts';
import type { ShapeReader } from '#shared/media/read-metadata.ts';
import { failedBy, type Attempt, type StageResult } from '#shared/pipeline/run-stage.ts';
import type { Store } from '#shared/store/store.ts';

export interface MetadataPorts {
  db: Db;
  store: Pick<Store, 'toLocalFile'>;
  readMetadata: (path: string, request: MetadataRequest, readShape: ShapeReader) => Promise<MediaMetadata>;
  readShape: Decoder['readShape'];
  findPlace: (latitude: number, longitude: number) => Promise<Place | undefined>;
}

/** Part of the recipe of the stage: a change makes the stage run again for every asset. */
export const metadataRecipe = 'metadata-2';

/**
 * Reads the metadata of a file. Only this stage determines width, height and orientation. A file whose metadata cannot be
 * read is still rendered, with its shape if known.
 */
export async function readAsset(ports: MetadataPorts, asset: Asset, attempt: Attempt): Promise<StageResult> {
  const readShape: ShapeReader = (path, fileName) => ports.readShape(path, fileName, attempt);
  try {
    await using file = await ports.store.toLocalFile(asset.originalPath, (object) =>
      pickMetadataRanges(asset.originalFileName, object),
    );
    try {
      const metadata = await readFile(ports, asset, file.path, readShape);
      const place = await placeOf(ports, metadata);
      return { write: (tx) => describeAsset(tx, asset.id, describe(metadata, place)) };
    } catch (error) {
      const shape = isFaultOfFile(error) ? await readShape(file.path, asset.originalFileName) : undefined;
      if (shape === undefined) throw error;
      const { orientation, ...sizes } = shape;
      const written = { ...sizes, orientation: orientation === null ? null : String(orientation) };
      return { ...unreadable(error), write: (tx) => shapeAsset(tx, asset.id, written) };
    }
  } catch (error) {
    if (!isFaultOfFile(error)) throw error;
    return unreadable(error);
  }
}

function isFaultOfFile(error: unknown): error is DarkroomError {
  return isDarkroomError(error) && !error.retry;
}

function unreadable(error: unknown): StageResult {
  return { ...failedBy(toDarkroomError(error)), goesOn: true };
}

async function readFile(
  { db, store, readMetadata }: MetadataPorts,
  asset: Asset,
  path: string,
  readShape: ShapeReader,
): Promise<MediaMetadata> {
  const { originalFileName: fileName, fileCreatedAt, fileModifiedAt } = asset;
  const sidecarKey = await findAssetFilePath(db, asset.id, 'sidecar');
  await using sidecar = sidecarKey === undefined ? undefined : await store.toLocalFile(sidecarKey);
  const request = { fileName, fallbackDates: { fileCreatedAt, fileModifiedAt } };
  const beside = sidecar === undefined ? {} : { sidecarPath: sidecar.path };
  return await readMetadata(path, { ...request, ...beside }, readShape);
}

async function placeOf(
  { findPlace }: MetadataPorts,
  { latitude, longitude }: MediaMetadata,
): Promise<Place | undefined> {
  return latitude === null || longitude === null ? undefined : findPlace(latitude, longitude);
}

function describe({ width, height, moment, ...exif }: MediaMetadata, place: Place | undefined) {
  return {
    exif: { ...exif, city: place?.city ?? null, state: place?.state ?? null, country: place?.country ?? null },
    moment,
    width,
    height,
  };
}
