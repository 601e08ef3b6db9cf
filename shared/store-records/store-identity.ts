import { sql, type UpdateObject } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { keepTrashLonger } from '#shared/assets/trash.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { keepClosedAccountsLonger } from '#shared/users/user.ts';
import type { StoreIdentityRow, Tables } from '#shared/db/tables.ts';

export interface KnownStore extends StoreIdentityRow {
  /** The row was restored from a dump: it was written by another transaction than the one recorded in it. */
  isRestored: boolean;
  /** Its epoch began on an earlier day. */
  isOfAnotherDay: boolean;
}

/**
 * Each statement of this file records its transaction in the row. After a restore from a dump the recorded one differs
 * from the row's own; in a copy of the database's files it does not.
 */
const thisTransaction = sql<string>`'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296`;

/** The store that belongs to the database; undefined before the first start. */
export async function findStoreIdentity(db: Db): Promise<KnownStore | undefined> {
  const { rows } = await sql<KnownStore>`
    select *, tableoid || ':' || xmin <> "writtenIn" as "isRestored",
      ("epochAt" at time zone 'UTC')::date < (now() at time zone 'UTC')::date as "isOfAnotherDay"
    from store_identity`.execute(db);
  return rows[0];
}

/** Records a store unless there is one already. Returns the recorded one. */
export async function proposeStoreIdentity(db: Db, { id, epoch }: { id: string; epoch: string }): Promise<KnownStore> {
  await sql`
    insert into store_identity ("id", "epoch", "writtenIn") values (${id}, ${epoch}, ${thisTransaction})
    on conflict do nothing`.execute(db);
  const row = await findStoreIdentity(db);
  if (row === undefined) throw new Error('the row of the store is gone');
  return row;
}

/** Records that the marker was written to the store. */
export async function confirmStoreIdentity(db: Db): Promise<void> {
  await change(db, { confirmedAt: sql`now()` })
    .where('confirmedAt', 'is', null)
    .execute();
}

/**
 * Reserves writing the next epoch to the store. Returns false if another process has reserved it less than a minute
 * ago, or has written it; `isAlone`: there is no other process.
 */
export async function beginEpoch(
  db: Db,
  { current, next, isAlone }: { current: string; next: string; isAlone: boolean },
): Promise<boolean> {
  const { numUpdatedRows } = await change(db, { nextEpoch: next, nextEpochAt: sql`now()` })
    .where('epoch', '=', current)
    .where(sql<boolean>`(${isAlone}::boolean or "nextEpoch" is null or "nextEpochAt" < now() - interval '1 minute')`)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Records that this epoch was written to the store. */
export async function completeEpoch(db: Db, next: string): Promise<void> {
  const done = { epoch: next, epochAt: sql<Date>`now()`, nextEpoch: null, nextEpochAt: null };
  await change(db, done).where('nextEpoch', '=', next).execute();
}

/** Stops deletions and records the reason, once for each reason. */
export async function holdDeletions(db: Db, reason: string): Promise<void> {
  await change(db, { heldReason: reason, heldAt: sql`coalesce("heldAt", now())` })
    .where(sql<boolean>`"heldReason" is distinct from ${reason}`)
    .execute();
}

/** Stops deletions until an administrator resumes them: sets an epoch that the store does not have. */
export async function partFromStore(db: Db, { epoch, reason }: { epoch: string; reason: string }): Promise<void> {
  const parted = { epoch, nextEpoch: null, nextEpochAt: null, heldReason: reason, heldAt: sql<Date>`now()` };
  await change(db, parted).execute();
}

/** Resumes deletions after their reason has disappeared by itself. */
export async function releaseDeletions(db: Db): Promise<void> {
  await change(db, { heldReason: null, heldAt: null }).where('heldAt', 'is not', null).execute();
}

/** Makes another store the one of the database. Deletions are stopped until an administrator resumes them. */
export async function adoptStore(
  db: Db,
  { id, epoch, reason }: { id: string; epoch: string; reason: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await proposeStoreIdentity(tx, { id, epoch });
    await change(tx, { id, confirmedAt: sql`now()` }).execute();
    await partFromStore(tx, { epoch, reason });
  });
}

/**
 * Resumes deletions, on request of an administrator, with this epoch in the store. The time until the removal of trash
 * and closed accounts starts again, because they may have been restored after the state of an older database.
 */
export async function resumeDeletions(db: Db, epoch: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    const resumed = {
      epoch,
      epochAt: sql<Date>`now()`,
      nextEpoch: null,
      nextEpochAt: null,
      heldReason: null,
      heldAt: null,
    };
    await change(tx, resumed).execute();
    await keepTrashLonger(tx);
    await keepClosedAccountsLonger(tx);
  });
}

/** Keys of originals in the store according to the database: `count` of the oldest assets and `count` of the newest. */
export async function listOriginalsToRecognize(db: Db, count: number): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    with original as (
      select "originalPath" as "key", "createdAt" from asset where not "isExternal" and not "isOffline" and "status" <> 'deleted'
    )
    select "key" from (select "key" from original order by "createdAt", "key" limit ${count}) oldest
    union
    select "key" from (select "key" from original order by "createdAt" desc, "key" desc limit ${count}) newest`.execute(
    db,
  );
  return rows.map((row) => row.key);
}

function change(db: Db, changes: UpdateObject<Tables, 'store_identity'>) {
  return db.updateTable('store_identity').set({ ...changes, writtenIn: thisTransaction });
}
