import type { Db } from '#shared/db/db.ts';
import { describeAsset } from '#shared/db/queries/describe-asset.ts';
import { findAssetFilePath } from '#shared/db/queries/render-asset.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { MediaMetadata, MetadataRequest, Place } from '#shared/media/media-metadata.ts';
import type { StageResult } from '#shared/pipeline/run-stage.ts';
import type { Store } from '#shared/store/store.ts';

export interface Ports {
  db: Db;
  store: Pick<Store, 'toLocalFile'>;
  readMetadata: (path: string, request: MetadataRequest) => Promise<MediaMetadata>;
  findPlace: (latitude: number, longitude: number) => Promise<Place | undefined>;
}

/** Part of the recipe of the stage: a new one makes every asset be read again. */
export const metadataRecipe = 'metadata-1';

/** Reads what a file says of itself. A file that cannot be read still goes on to be rendered. */
export async function readAsset(ports: Ports, asset: Asset): Promise<StageResult> {
  try {
    const metadata = await readFile(ports, asset);
    const place = await placeOf(ports, metadata);
    return { write: (tx) => describeAsset(tx, asset.id, describe(metadata, place)) };
  } catch (error) {
    if (!isDarkroomError(error) || error.retry) throw error;
    return { state: 'failed', reason: `${error.message} (${error.code})`, goesOn: true };
  }
}

async function readFile({ db, store, readMetadata }: Ports, asset: Asset): Promise<MediaMetadata> {
  const { originalPath, originalFileName: fileName, fileCreatedAt, fileModifiedAt } = asset;
  const sidecarKey = await findAssetFilePath(db, asset.id, 'sidecar');
  await using file = await store.toLocalFile(originalPath);
  await using sidecar = sidecarKey === undefined ? undefined : await store.toLocalFile(sidecarKey);
  const request = { fileName, fallbackDates: { fileCreatedAt, fileModifiedAt } };
  return await readMetadata(file.path, sidecar === undefined ? request : { ...request, sidecarPath: sidecar.path });
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
