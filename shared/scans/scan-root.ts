import { sql, type UpdateObject } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import { isFree, leaseEnd, noLease } from '#shared/db/lease.ts';
import { insertRows } from '#shared/db/insert-rows.ts';
import type { ScanRoot, Tables } from '#shared/db/tables.ts';

export type ScanRootSpec = Pick<ScanRoot, 'path' | 'store' | 'prefix' | 'libraryId'>;

/** Returns the rows of these trees, and creates those that are missing. */
export async function ensureScanRoots(db: Db, specs: readonly ScanRootSpec[]): Promise<ScanRoot[]> {
  if (specs.length === 0) return [];
  const rows = specs.map(({ path, store, prefix, libraryId }) => ({
    id: newId(),
    path,
    store,
    prefix,
    libraryId,
    ...unscanned,
  }));
  await insertRows(db, 'scan_root', rows)
    .onConflict((conflict) =>
      conflict
        .column('path')
        .doUpdateSet((row) => ({
          store: row.ref('excluded.store'),
          prefix: row.ref('excluded.prefix'),
          libraryId: row.ref('excluded.libraryId'),
        }))
        .where(
          sql<boolean>`(scan_root."store", scan_root."prefix", scan_root."libraryId") is distinct from (excluded."store", excluded."prefix", excluded."libraryId")`,
        ),
    )
    .execute();
  const paths = specs.map((it) => it.path);
  return await db.selectFrom('scan_root').selectAll().where('path', 'in', paths).orderBy('path').execute();
}

const unscanned = {
  marker: null,
  ...noLease,
  fullAt: null,
  problem: null,
  problemAt: null,
  haltedReason: null,
  haltedAt: null,
  approvedAt: null,
} as const;

/** The lease under which a process scans a tree. */
export interface ScanLease {
  rootId: string;
  fence: number;
  seconds: number;
}

/** The row of a tree that no process is scanning; undefined if one is, or if the tree was forgotten. */
export async function findFreeScanRoot(db: Db, rootId: string): Promise<ScanRoot | undefined> {
  return await db.selectFrom('scan_root').selectAll().where('id', '=', rootId).where(isFree).executeTakeFirst();
}

/** Takes the lease of the tree; undefined while another process holds it. */
export async function takeScanRoot(
  db: Db,
  rootId: string,
  { holder, seconds }: { holder: string; seconds: number },
): Promise<ScanRoot | undefined> {
  return await db
    .updateTable('scan_root')
    .set({
      holder,
      leaseUntil: leaseEnd(seconds),
      fence: sql`"fence" + 1`,
    })
    .where('id', '=', rootId)
    .where(isFree)
    .returningAll()
    .executeTakeFirst();
}

/**
 * Renews the lease and locks the row until the end of the transaction, so that no process takes the tree before the
 * commit. False if another process has the lease: then nothing may be written.
 */
export async function keepScanRoot(
  db: Db,
  { rootId, fence, seconds }: ScanLease,
  changes: UpdateObject<Tables, 'scan_root'> = {},
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('scan_root')
    .set({ ...changes, leaseUntil: leaseEnd(seconds) })
    .where('id', '=', rootId)
    .where('fence', '=', fence)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function releaseScanRoot(db: Db, { rootId, fence }: ScanLease): Promise<void> {
  await db.updateTable('scan_root').set(noLease).where('id', '=', rootId).where('fence', '=', fence).execute();
}

/** Every tree that was ever scanned. */
export async function listScanRoots(db: Db): Promise<ScanRoot[]> {
  return await db.selectFrom('scan_root').selectAll().orderBy('path').execute();
}

/**
 * Approves what is missing in a halted tree: the next full scan reports it as removed. False if there is no such tree.
 */
export async function approveMissing(db: Db, rootId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('scan_root')
    .set({ approvedAt: sql`now()`, haltedAt: null, haltedReason: null })
    .where('id', '=', rootId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Accepts a tree whose marker is a different one: the next scan writes a new marker. False if there is no such tree.
 */
export async function adoptScanRoot(db: Db, rootId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('scan_root')
    .set({ marker: null, problem: null, problemAt: null })
    .where('id', '=', rootId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Deletes the scans of the trees at and above these paths: files there may belong to another library now, which has not
 * seen them.
 */
export async function forgetScans(tx: Db, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await sql`
    delete from scan_root where exists (
      select from unnest(${[...paths]}::text[]) gone("path")
      where gone."path" = scan_root."path" or starts_with(gone."path", scan_root."path" || '/')
    )`.execute(tx);
}
