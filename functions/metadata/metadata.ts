import type { Db } from '#shared/db/db.ts';
import { describeAsset, shapeAsset } from '#shared/db/queries/describe-asset.ts';
import { findAssetFilePath } from '#shared/db/queries/render-asset.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isDarkroomError, toDarkroomError, type DarkroomError } from '#shared/errors/errors.ts';
import type { MediaMetadata, MetadataRequest, PictureShape, Place } from '#shared/media/media-metadata.ts';
import type { StageResult } from '#shared/pipeline/run-stage.ts';
import type { Store } from '#shared/store/store.ts';

export interface Ports {
  db: Db;
  store: Pick<Store, 'toLocalFile'>;
  readMetadata: (path: string, request: MetadataRequest) => Promise<MediaMetadata>;
  readShape: (path: string, fileName: string) => Promise<PictureShape | undefined>;
  findPlace: (latitude: number, longitude: number) => Promise<Place | undefined>;
}

/** Part of the recipe of the stage: a new one makes every asset be read again. */
export const metadataRecipe = 'metadata-2';

/**
 * Reads what a file says of itself, and is the only one to say which shape its picture has. A file that cannot be read
 * still goes on to be rendered, with its shape if that much is known.
 */
export async function readAsset(ports: Ports, asset: Asset): Promise<StageResult> {
  try {
    await using file = await ports.store.toLocalFile(asset.originalPath);
    try {
      const metadata = await readFile(ports, asset, file.path);
      const place = await placeOf(ports, metadata);
      return { write: (tx) => describeAsset(tx, asset.id, describe(metadata, place)) };
    } catch (error) {
      const shape = isFaultOfFile(error) ? await ports.readShape(file.path, asset.originalFileName) : undefined;
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
  const { message, code } = toDarkroomError(error);
  return { state: 'failed', reason: `${message} (${code})`, goesOn: true };
}

async function readFile({ db, store, readMetadata }: Ports, asset: Asset, path: string): Promise<MediaMetadata> {
  const { originalFileName: fileName, fileCreatedAt, fileModifiedAt } = asset;
  const sidecarKey = await findAssetFilePath(db, asset.id, 'sidecar');
  await using sidecar = sidecarKey === undefined ? undefined : await store.toLocalFile(sidecarKey);
  const request = { fileName, fallbackDates: { fileCreatedAt, fileModifiedAt } };
  return await readMetadata(path, sidecar === undefined ? request : { ...request, sidecarPath: sidecar.path });
}

async function placeOf({ findPlace }: Ports, { latitude, longitude }: MediaMetadata): Promise<Place | undefined> {
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
