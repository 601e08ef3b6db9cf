import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { forgetScans } from '#shared/scans/scan-root.ts';
import { deleteAllAssets } from '#shared/assets/asset.ts';
import type { Library } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';

/** A request for a scan expires after this time, even if the scan has not ended. */
const requestMinutes = 60;

export type NewLibrary = Pick<Library, 'id' | 'ownerId' | 'name' | 'importPaths' | 'exclusionPatterns'>;
export type LibraryChanges = Partial<Pick<Library, 'name' | 'importPaths' | 'exclusionPatterns'>>;

/** Oldest first, without deleted ones. */
export async function listLibraries(db: Db): Promise<Library[]> {
  return db
    .selectFrom('library')
    .selectAll()
    .where('deletedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}

/** The libraries of users who are not deleted, oldest first. */
export async function listServedLibraries(db: Db): Promise<Library[]> {
  return db
    .selectFrom('library')
    .innerJoin('user', 'user.id', 'library.ownerId')
    .selectAll('library')
    .where('library.deletedAt', 'is', null)
    .where('user.deletedAt', 'is', null)
    .orderBy('library.createdAt')
    .orderBy('library.id')
    .execute();
}

export async function findLibrary(db: Db, id: string): Promise<Library | undefined> {
  return db.selectFrom('library').selectAll().where('id', '=', id).where('deletedAt', 'is', null).executeTakeFirst();
}

/** Locks a library against changes and deletion until the transaction ends. */
export async function holdLibrary(tx: Db, id: string): Promise<void> {
  await tx.selectFrom('library').select('id').where('id', '=', id).forShare().execute();
}

export async function createLibrary(db: Db, library: NewLibrary): Promise<Library> {
  return db
    .insertInto('library')
    .values({ ...library, refreshedAt: null, deletedAt: null })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * Changes a library, and does `afterwards` in the same transaction. Scan records of paths that were removed from it are
 * deleted, so that these are scanned as new if they are added again. Returns undefined if there is no such library.
 */
export async function updateLibrary(
  db: Db,
  id: string,
  changes: LibraryChanges,
  afterwards: (tx: Db, library: Library) => Promise<void> = async () => {},
): Promise<Library | undefined> {
  return inTransaction(db, async (tx) => {
    const before = await tx
      .selectFrom('library')
      .select('importPaths')
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    const library = await tx
      .updateTable('library')
      .set({ ...changes, updatedAt: sql`now()` })
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (library === undefined) return undefined;
    const kept = new Set(library.importPaths);
    await forgetScans(tx, before?.importPaths.filter((path) => !kept.has(path)) ?? []);
    await afterwards(tx, library);
    return library;
  });
}

/**
 * Deletes a library and its assets: they disappear from all lists at once, events written here delete their
 * derivatives, and the originals stay. Returns false if there is no such library.
 */
export async function deleteLibrary(db: Db, id: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const library = await tx
      .updateTable('library')
      .set({ deletedAt: sql`now()`, updatedAt: sql`now()` })
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returning('importPaths')
      .executeTakeFirst();
    if (library === undefined) return false;
    await deleteAllAssets(tx, { column: 'libraryId', id });
    await forgetScans(tx, library.importPaths);
    return true;
  });
}

/** Removes rows of deleted libraries that have no asset left. Returns how many. */
export async function forgetDeletedLibraries(db: Db): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('library')
    .where('deletedAt', 'is not', null)
    .where(sql<boolean>`not exists (select from asset where asset."libraryId" = library."id")`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

/** Records a request for a scan of these libraries. */
export async function noteScanRequests(db: Db, ids: readonly string[]): Promise<void> {
  await sql`update library set "scanRequestedAt" = now() where "id" = any(${[...ids]}::uuid[])`.execute(db);
}

/** Records when a library was last scanned. */
export async function noteLibraryScan(db: Db, libraryId: string, at: Date): Promise<void> {
  await db.updateTable('library').set({ refreshedAt: at }).where('id', '=', libraryId).execute();
}

/** When the pending scan of a library was requested; undefined if there is none. */
export async function findScanRequest(db: Db, id: string): Promise<Date | undefined> {
  const row = await db.selectFrom('library').select('scanRequestedAt').where('id', '=', id).executeTakeFirst();
  return row?.scanRequestedAt ?? undefined;
}

/** Ends the request for a scan if it was made at that time or before. */
export async function endScanRequest(db: Db, id: string, requestedAt: Date): Promise<void> {
  await db
    .updateTable('library')
    .set({ scanRequestedAt: null })
    .where('id', '=', id)
    .where('scanRequestedAt', '<=', requestedAt)
    .execute();
}

/** Counts the libraries that are being scanned, and the others with a requested scan. */
export async function countLibraryScans(db: Db): Promise<{ waiting: number; active: number }> {
  const { rows } = await sql<{ waiting: number; active: number }>`
    select count(*) filter (where "isScanned") as "active",
      count(*) filter (where not "isScanned" and "scanRequestedAt" > now() - make_interval(mins => ${requestMinutes})) as "waiting"
    from (
      select l."scanRequestedAt",
        exists (select from scan_root r where r."libraryId" = l."id" and r."leaseUntil" > now()) as "isScanned"
      from library l where l."deletedAt" is null
    ) libraries`.execute(db);
  return rows[0] ?? { waiting: 0, active: 0 };
}

export interface LibraryStatistics {
  photos: number;
  videos: number;
  sizeBytes: number;
}

/** Counts the assets of each of these libraries, without trash and offline ones. */
export async function countLibraryAssets(db: Db, ids: readonly string[]): Promise<Map<string, LibraryStatistics>> {
  const rows = await db
    .selectFrom('asset')
    .select([
      sql<string>`"libraryId"`.as('libraryId'),
      sql<number>`count(*) filter (where "type" = 'IMAGE' and "visibility" <> 'hidden')`.as('photos'),
      sql<number>`count(*) filter (where "type" = 'VIDEO' and "visibility" <> 'hidden')`.as('videos'),
      sql<number>`coalesce(sum("fileSizeInByte"), 0)`.as('sizeBytes'),
    ])
    .where('libraryId', 'in', [...ids])
    .where('status', '=', 'active')
    .groupBy('libraryId')
    .execute();
  return new Map(rows.map(({ libraryId, ...counts }) => [libraryId, counts]));
}

/** Locations and versions of a library's originals, in the order of their assets' ids, after `after`. */
export async function listLibraryOriginals(
  db: Db,
  libraryId: string,
  { after, limit }: { after: string; limit: number },
): Promise<{ assetId: string; store: string; key: string; version: string | null }[]> {
  const { rows } = await sql<{ assetId: string; store: string; key: string; version: string | null }>`
    select a."id" as "assetId", o."store", o."key", o."version"
    from asset a join stored_object o on o."assetId" = a."id" and o."key" = a."originalPath"
    where a."libraryId" = ${libraryId} and a."status" <> 'deleted' and not a."isOffline" and a."id" > ${after}
    order by a."id" limit ${limit}`.execute(db);
  return rows;
}
