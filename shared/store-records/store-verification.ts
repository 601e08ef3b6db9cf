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

/** Originals that the database believes to be in `store` and to be there, in ascending order of their keys' bytes, after `after`. */
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

/** One walk through all originals of the store, which takes some nights. */
export interface Verification {
  /** The last key that was looked at; empty at the beginning. */
  cursor: string;
  /** ISO 8601. */
  startedAt: string;
  /** ISO 8601; null while the walk goes on. */
  finishedAt: string | null;
  originals: number;
  /** So many of them were read whole, and their hash compared. */
  hashed: number;
  missing: number;
  damaged: number;
  /** The first hundred. */
  findings: VerificationFinding[];
}

/** The walk that goes on, and the last one that came to its end. */
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
