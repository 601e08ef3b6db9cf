import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { findSystemMetadata, putSystemMetadata } from '#shared/settings/system-metadata.ts';

export interface OriginalToVerify {
  key: string;
  assetId: string;
  sizeBytes: number;
  /** SHA-1. */
  checksum: Buffer;
}

/**
 * Originals that are in `store` according to the database and not offline, in ascending order of their keys' bytes,
 * after `after`.
 */
export async function listOriginalsToVerify(
  db: Db,
  { store, after, limit }: { store: string; after: string; limit: number },
): Promise<OriginalToVerify[]> {
  const { rows } = await sql<OriginalToVerify>`
    select o."key", o."assetId", o."sizeBytes", a."checksum" from stored_object o join asset a on a."id" = o."assetId"
    where o."store" = ${store} and o."state" = 'asset' and a."status" <> 'deleted' and not a."isOffline"
      and a."originalPath" = o."key" and o."key" collate "C" > ${after} collate "C"
    order by o."key" collate "C" limit ${limit}`.execute(db);
  return rows;
}

export interface VerificationFinding {
  what: 'missing' | 'damaged';
  key: string;
  assetId: string;
}

/** One verification of all originals of the store, which takes several nights. */
export interface Verification {
  /** The last key that was checked; empty at the beginning. */
  cursor: string;
  /** ISO 8601. */
  startedAt: string;
  /** ISO 8601; null while it is not finished. */
  finishedAt: string | null;
  originals: number;
  /** Number of originals that were read completely and whose hash was compared. */
  hashed: number;
  missing: number;
  damaged: number;
  /** The first hundred findings. */
  findings: VerificationFinding[];
}

/** The running verification, and the last finished one. */
export interface Verifications {
  current?: Verification;
  last?: Verification;
}

export async function findVerifications(db: Db): Promise<Verifications> {
  return ((await findSystemMetadata(db, 'store-verification')) as Verifications | undefined) ?? {};
}

export async function saveVerifications(db: Db, verifications: Verifications): Promise<void> {
  await putSystemMetadata(db, 'store-verification', verifications);
}
