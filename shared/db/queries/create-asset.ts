import { sql } from 'kysely';
import type { Db } from '../db.ts';
import { inSavepoint } from '../transaction.ts';
import type { Asset, NewAsset } from '../tables.ts';
import { openStage } from './asset-stage.ts';
import { keepReservation, recordObject } from './stored-object.ts';

export interface CreateAsset {
  /** Without `libraryId` its bytes count to the quota of its owner. */
  asset: Omit<NewAsset, 'fileSizeInByte' | 'libraryId'> & { fileSizeInByte: number; libraryId?: string | null };
  store: string;
  /**
   * How the bytes came: `reserved` were written by Darkroom under a reservation, `found` ones were seen by a watcher, in
   * the folder that says whose they are if there is one.
   */
  origin: { kind: 'reserved' } | { kind: 'found'; version: string; ownerFolder?: string | null };
  sidecarPath?: string | undefined;
  metadata?: readonly { key: string; value: unknown }[] | undefined;
}

export type Created =
  | { outcome: 'created' }
  /** `isOffline`: of those bytes there is only the row, the file is gone. */
  | { outcome: 'duplicate'; assetId: string; isOffline: boolean }
  | { outcome: 'quota-exceeded' }
  /** The reservation was taken away: the bytes may be gone. */
  | { outcome: 'lost' };

class Rollback extends Error {
  readonly result: Created;

  constructor(result: Created) {
    super(result.outcome);
    this.result = result;
  }
}

/**
 * The row of an asset whose bytes are durable, its quota, the fate of its key and its first stage, in one transaction.
 * Of many at once with the same checksum exactly one is created: of an owner's own, and of each library. The relay announces it after the commit.
 */
export async function createAsset(db: Db, input: CreateAsset): Promise<Created> {
  try {
    return await inSavepoint(db, (tx) => insertAsset(tx, input));
  } catch (error) {
    if (error instanceof Rollback) return error.result;
    throw error;
  }
}

async function insertAsset(
  tx: Db,
  { asset, store, origin, sidecarPath, metadata = [] }: CreateAsset,
): Promise<Created> {
  const inserted = await tx
    .insertInto('asset')
    .values({ ...asset, libraryId: asset.libraryId ?? null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted === undefined) {
    const same = await findAssetByChecksum(tx, asset.ownerId, asset.checksum, asset.libraryId);
    if (same === undefined) throw new Rollback({ outcome: 'lost' });
    return { outcome: 'duplicate', assetId: same.id, isOffline: same.isOffline };
  }
  await tx
    .insertInto('asset_exif')
    .values({ assetId: asset.id, fileSizeInByte: asset.fileSizeInByte, ...emptyExif })
    .execute();
  if (sidecarPath !== undefined) {
    await tx.insertInto('asset_file').values({ assetId: asset.id, type: 'sidecar', path: sidecarPath }).execute();
  }
  if (metadata.length > 0) {
    await tx
      .insertInto('asset_metadata')
      .values(metadata.map(({ key, value }) => ({ assetId: asset.id, key, value: JSON.stringify(value) })))
      .execute();
  }
  const key = { store, key: asset.originalPath };
  if (origin.kind === 'reserved') {
    if (!(await keepReservation(tx, key, asset.fileSizeInByte))) throw new Rollback({ outcome: 'lost' });
  } else {
    const { id: assetId, ownerId, fileSizeInByte: sizeBytes } = asset;
    const { version, ownerFolder = null } = origin;
    await recordObject(tx, key, { state: 'asset', assetId, ownerId, sizeBytes, version, ownerFolder, reason: null });
  }
  await openStage(tx, { assetId: asset.id, stage: 'metadata' }, 'pending');
  const isCounted = asset.libraryId === undefined || asset.libraryId === null;
  if (isCounted && !(await addQuotaUsage(tx, asset.ownerId, asset.fileSizeInByte)))
    throw new Rollback({ outcome: 'quota-exceeded' });
  return { outcome: 'created' };
}

/** Counts bytes to a user. False, and nothing counted, if that would pass the quota. Negative bytes always fit. */
export async function addQuotaUsage(db: Db, userId: string, sizeBytes: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('user')
    .set({ quotaUsageInBytes: sql`greatest(0, "quotaUsageInBytes" + ${sizeBytes}::bigint)` })
    .where('id', '=', userId)
    .where(
      sql<boolean>`("quotaSizeInBytes" is null or ${sizeBytes}::bigint < 0 or "quotaUsageInBytes" + ${sizeBytes}::bigint <= "quotaSizeInBytes")`,
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The asset of this owner with these bytes, in this library or in none, trashed ones and those that are offline included. */
export async function findAssetByChecksum(
  db: Db,
  ownerId: string,
  checksum: Buffer,
  libraryId: string | null = null,
): Promise<Pick<Asset, 'id' | 'isOffline'> | undefined> {
  return db
    .selectFrom('asset')
    .select(['id', 'isOffline'])
    .where('ownerId', '=', ownerId)
    .where('checksum', '=', checksum)
    .where('libraryId', libraryId === null ? 'is' : '=', libraryId)
    .where('status', '!=', 'deleted')
    .executeTakeFirst();
}

const emptyExif = {
  make: null, model: null, lensModel: null, exifImageWidth: null, exifImageHeight: null, orientation: null,
  dateTimeOriginal: null, modifyDate: null, timeZone: null, latitude: null, longitude: null, city: null, state: null, country: null,
  fNumber: null, focalLength: null, iso: null, exposureTime: null, fps: null, livePhotoCID: null, projectionType: null,
  profileDescription: null, colorspace: null, bitsPerSample: null, autoStackId: null, rating: null, tags: null,
} as const; // prettier-ignore
