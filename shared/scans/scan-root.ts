import { sql, type UpdateObject } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import { isFree, leaseEnd, noLease } from '#shared/db/lease.ts';
import { insertRows } from '#shared/db/insert-rows.ts';
import type { ScanRoot, Tables } from '#shared/db/tables.ts';

export type ScanRootSpec = Pick<ScanRoot, 'path' | 'store' | 'prefix' | 'libraryId'>;

/** The rows of these trees, made for those that are new. */
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

/** Who scans a tree, and with which lease. */
export interface ScanLease {
  rootId: string;
  fence: number;
  seconds: number;
}

/** The row of a tree that nobody scans; undefined if somebody does, or if it was forgotten. */
export async function findFreeScanRoot(db: Db, rootId: string): Promise<ScanRoot | undefined> {
  return await db.selectFrom('scan_root').selectAll().where('id', '=', rootId).where(isFree).executeTakeFirst();
}

/** Takes the tree for `holder`; undefined while somebody else scans it. */
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
 * Renews the lease, and with it holds the row for the rest of the transaction, so that nobody takes the tree before the
 * commit. False if somebody else has it: then nothing may be written.
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

/** Says that what is missing of a halted tree is really gone, so that the next full scan reports it. False if there is no such tree. */
export async function approveMissing(db: Db, rootId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('scan_root')
    .set({ approvedAt: sql`now()`, haltedAt: null, haltedReason: null })
    .where('id', '=', rootId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Says that the tree is the right one although its marker is not: the next scan gives it a new one. False if there is no such tree. */
export async function adoptScanRoot(db: Db, rootId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('scan_root')
    .set({ marker: null, problem: null, problemAt: null })
    .where('id', '=', rootId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets what was seen below these paths, and in trees above them: what lies there may be another library's now, which has not seen it. */
export async function forgetScans(tx: Db, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await sql`
    delete from scan_root where exists (
      select from unnest(${[...paths]}::text[]) gone("path")
      where gone."path" = scan_root."path" or starts_with(gone."path", scan_root."path" || '/')
    )`.execute(tx);
}
