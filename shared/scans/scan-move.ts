import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { ScanFileKey } from './scan-file.ts';
import type { ObjectKey } from '#shared/assets/stored-object.ts';

/** A file that is not where it was, and whose asset may be found under another name. */
export interface MoveCandidate extends ScanFileKey, ObjectKey {
  /** Its former path. */
  path: string;
  sizeBytes: number;
  inode: bigint;
  version: string;
  assetId: string;
  ownerId: string;
  checksum: Buffer;
}

/** Missing files of these sizes that have an asset: of the same library, or of none if it is null. */
export async function listMoveCandidates(
  db: Db,
  libraryId: string | null,
  sizesBytes: readonly number[],
): Promise<MoveCandidate[]> {
  if (sizesBytes.length === 0) return [];
  const { rows } = await sql<Omit<MoveCandidate, 'inode'> & { inode: string }>`
    select lost."directoryId", lost."name", lost."sizeBytes", lost."inode", lost."version", lost."path", lost."store", lost."key",
      a."id" as "assetId", a."ownerId", a."checksum"
    from (
      select f."directoryId", f."name", f."sizeBytes", f."inode"::text, coalesce(f."reportedVersion", f."version") as "version",
        r."store", r."path" || '/' || b."below" || f."name" as "path", r."prefix" || b."below" || f."name" as "key"
      from scan_file f
      join scan_directory d on d."id" = f."directoryId"
      join scan_root r on r."id" = d."rootId"
      cross join lateral (select case when d."path" = '' then '' else d."path" || '/' end as "below") b
      where f."state" in ('missing', 'removed') and f."sizeBytes" = any(${[...new Set(sizesBytes)]}::bigint[])
        and r."libraryId" is not distinct from ${libraryId}
    ) lost
    join stored_object s on s."store" = lost."store" and s."key" = lost."key" and s."state" = 'asset'
    join asset a on a."id" = s."assetId" and a."status" <> 'deleted' and a."libraryId" is not distinct from ${libraryId}`.execute(
    db,
  );
  return rows.map((row) => ({ ...row, inode: BigInt(row.inode) }));
}

/** A missing file whose asset has its bytes also at `to`, which `ingest` recorded as a duplicate. */
export interface DuplicateMove extends ScanFileKey {
  assetId: string;
  ownerId: string;
  from: ObjectKey;
  to: ObjectKey;
  toVersion: string;
  sizeBytes: number;
}

/** Missing files of a tree whose bytes are elsewhere in it too: they were copied first, and then deleted. */
export async function listDuplicateMoves(db: Db, rootId: string, limit: number): Promise<DuplicateMove[]> {
  const { rows } = await sql<
    ScanFileKey & {
      assetId: string;
      ownerId: string;
      store: string;
      fromKey: string;
      toKey: string;
      toVersion: string;
      sizeBytes: number;
    }
  >`
    select distinct on (lost."key") lost."directoryId", lost."name", s."assetId", a."ownerId", lost."store", lost."key" as "fromKey", t."key" as "toKey",
      t."version" as "toVersion", coalesce(t."sizeBytes", 0) as "sizeBytes"
    from (
      select f."directoryId", f."name", r."store", r."prefix", r."libraryId",
        r."prefix" || case when d."path" = '' then '' else d."path" || '/' end || f."name" as "key"
      from scan_file f
      join scan_directory d on d."id" = f."directoryId"
      join scan_root r on r."id" = d."rootId"
      where f."state" = 'missing' and d."rootId" = ${rootId}
    ) lost
    join stored_object s on s."store" = lost."store" and s."key" = lost."key" and s."state" = 'asset'
    join stored_object t on t."assetId" = s."assetId" and t."state" = 'duplicate' and t."store" = lost."store"
      and starts_with(t."key", lost."prefix") and t."version" is not null
    join asset a on a."id" = s."assetId" and a."status" <> 'deleted' and a."libraryId" is not distinct from lost."libraryId"
    order by lost."key", t."key" limit ${limit}`.execute(db);
  return rows.map(({ directoryId, name, assetId, ownerId, store, fromKey, toKey, toVersion, sizeBytes }) => ({
    directoryId,
    name,
    assetId,
    ownerId,
    from: { store, key: fromKey },
    to: { store, key: toKey },
    toVersion,
    sizeBytes,
  }));
}
