import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { refusalOf } from '#shared/db/db-error.ts';
import { inSavepoint, repeatTransient } from '#shared/db/transaction.ts';
import type { Asset, NewAsset } from '#shared/db/tables.ts';
import { openingOf } from '#shared/stages/asset-stage.ts';
import { countUsage } from '#shared/users/quota.ts';
import type { ObjectKey } from './stored-object.ts';

export interface CreateAsset {
  /** Without `libraryId` its bytes count towards the quota of its owner. */
  asset: Omit<NewAsset, 'fileSizeInByte' | 'libraryId'> & { fileSizeInByte: number; libraryId?: string | null };
  store: string;
  /**
   * The origin of the bytes: `reserved`: Darkroom wrote them under a reservation; `found`: a watcher saw them, in an
   * owner folder or in none.
   */
  origin: { kind: 'reserved' } | { kind: 'found'; version: string; ownerFolder?: string | null };
  sidecarPath?: string | undefined;
  metadata?: readonly { key: string; value: unknown }[] | undefined;
}

export type Created =
  | { outcome: 'created' }
  | { outcome: 'duplicate'; assetId: string }
  | { outcome: 'quota-exceeded' }
  /** The given moving part is not a video of the owner, or was deleted. */
  | { outcome: 'no-motion-part' }
  /** The reservation is gone: the bytes may be deleted. */
  | { outcome: 'lost' };

type Refusal = Exclude<Created['outcome'], 'created' | 'duplicate'>;

/**
 * Writes the row of an asset whose bytes are durable, its quota, the state of its key, its first stage and the hiding
 * of its moving part in one statement: all or nothing. Of concurrent calls with the same checksum exactly one creates
 * an asset, for each owner outside libraries and for each library. The relay announces it after the commit.
 * Rows are locked in the order assets, keys, user, and last the month counts of the triggers.
 */
export async function createAsset(db: Db, input: CreateAsset): Promise<Created> {
  const { asset } = input;
  const refusal = await insertAsset(db, input);
  if (refusal !== 'duplicate') return { outcome: refusal };
  const same = await findAssetByChecksum(db, asset.ownerId, asset.checksum, asset.libraryId);
  return same === undefined ? { outcome: 'lost' } : { outcome: 'duplicate', assetId: same.id };
}

async function insertAsset(db: Db, input: CreateAsset): Promise<Created['outcome']> {
  const insert = async (tx: Db) => (await createStatement(tx, input).execute(tx)).rows.length;
  try {
    // A statement outside a transaction is a transaction of its own.
    const inserted = await (db.isTransaction ? inSavepoint(db, insert) : repeatTransient(() => insert(db)));
    return inserted === 0 ? 'duplicate' : 'created';
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refusal as Refusal;
  }
}

function createStatement(db: Db, { asset, store, origin, sidecarPath, metadata = [] }: CreateAsset) {
  const { fileSizeInByte: sizeBytes, livePhotoVideoId = null } = asset;
  const libraryId = asset.libraryId ?? null;
  const insert = db
    .insertInto('asset')
    .values({ ...asset, libraryId })
    .onConflict((conflict) => conflict.doNothing())
    .returning(['id', 'ownerId', 'type']);
  const parts = [
    sql`created as (${insert})`,
    sql`exif as (insert into asset_exif ("assetId", "fileSizeInByte") select "id", ${sizeBytes}::bigint from created)`,
    sql`stage as (${openingOf('metadata', sql`created`)})`,
    sql`kept as (${keepKey({ store, key: asset.originalPath }, origin, sizeBytes)})`,
  ];
  const conditions = [refuseUnless(sql`exists (select from kept)`, 'lost')];
  if (sidecarPath !== undefined)
    parts.push(
      sql`sidecar as (insert into asset_file ("assetId", "type", "path") select "id", 'sidecar', ${sidecarPath}::text from created)`,
    );
  if (metadata.length > 0)
    parts.push(sql`metadata as (
      insert into asset_metadata ("assetId", "key", "value")
      select created."id", item."key", item."value"
      from created, jsonb_to_recordset(${JSON.stringify(metadata)}::jsonb) item("key" text, "value" jsonb)
    )`);
  if (livePhotoVideoId !== null) {
    parts.push(sql`hidden as (
      update asset set "visibility" = 'hidden',
        "updatedAt" = case when asset."visibility" = 'hidden' then asset."updatedAt" else now() end
      from created
      where asset."id" = ${livePhotoVideoId} and asset."ownerId" = created."ownerId"
        and asset."type" = 'VIDEO' and asset."status" <> 'deleted'
      returning asset."id"
    )`);
    conditions.unshift(refuseUnless(sql`exists (select from hidden)`, 'no-motion-part'));
  }
  if (libraryId === null) {
    parts.push(sql`counted as (${countUsage(sizeBytes, sql`created`)})`);
    conditions.push(refuseUnless(sql`exists (select from counted)`, 'quota-exceeded'));
  }
  return sql<{ isKept: boolean }>`with ${sql.join(parts, sql`, `)}
    select case ${sql.join(conditions, sql` `)} else true end as "isKept" from created`;
}

/** An arm of the last `case` of the statement. Arms, and the parts that they query, are evaluated in order. */
const refuseUnless = (isTrue: RawBuilder<unknown>, reason: Refusal) =>
  sql`when not ${isTrue} then refuse(${sql.lit(reason)})`;

/** Assigns the key to the asset: an `update` or `insert` that returns a row if it was done. */
function keepKey({ store, key }: ObjectKey, origin: CreateAsset['origin'], sizeBytes: number): RawBuilder<unknown> {
  if (origin.kind === 'reserved')
    return sql`
      update stored_object
      set "state" = 'asset', "sizeBytes" = ${sizeBytes}::bigint, "holder" = null, "leaseUntil" = null, "changedAt" = now()
      from created where "store" = ${store} and "key" = ${key} and "state" = 'reserved'
      returning "key"`;
  const { version, ownerFolder = null } = origin;
  return sql`
    insert into stored_object ("store", "key", "state", "assetId", "ownerId", "sizeBytes", "version", "ownerFolder")
    select ${store}::text, ${key}::text, 'asset', "id", "ownerId", ${sizeBytes}::bigint, ${version}::text, ${ownerFolder}::text from created
    on conflict ("store", "key") do update set "state" = excluded."state", "assetId" = excluded."assetId",
      "ownerId" = excluded."ownerId", "sizeBytes" = excluded."sizeBytes", "version" = excluded."version",
      "ownerFolder" = excluded."ownerFolder", "reason" = null, "code" = null, "changedAt" = now()
    returning "key"`;
}

/** What must be known of an asset before an upload of its bytes counts as a duplicate. */
export type KnownAsset = Pick<Asset, 'id' | 'originalPath' | 'fileSizeInByte' | 'isOffline' | 'status'>;

/** Whether the owner has an asset of this size: only then can one have the same bytes. */
export async function hasAssetOfSize(db: Db, ownerId: string, sizeBytes: number): Promise<boolean> {
  const found = await db
    .selectFrom('asset')
    .select('id')
    .where('ownerId', '=', ownerId)
    .where('fileSizeInByte', '=', sizeBytes)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** The asset of this owner with these bytes, in this library or in none; it may be trashed or offline. */
export async function findAssetByChecksum(
  db: Db,
  ownerId: string,
  checksum: Buffer,
  libraryId: string | null = null,
): Promise<KnownAsset | undefined> {
  return db
    .selectFrom('asset')
    .select(['id', 'originalPath', 'fileSizeInByte', 'isOffline', 'status'])
    .where('ownerId', '=', ownerId)
    .where('checksum', '=', checksum)
    .where('libraryId', libraryId === null ? 'is' : '=', libraryId)
    .where('status', '!=', 'deleted')
    .executeTakeFirst();
}
