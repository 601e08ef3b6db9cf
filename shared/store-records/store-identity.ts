import { sql, type UpdateObject } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { keepTrashLonger } from '#shared/assets/trash.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { keepClosedAccountsLonger } from '#shared/users/user.ts';
import type { StoreIdentityRow, Tables } from '#shared/db/tables.ts';

export interface KnownStore extends StoreIdentityRow {
  /** The row came out of a dump: another transaction has put it here than the one that it names. */
  isRestored: boolean;
  /** Its epoch began on an earlier day. */
  isOfAnotherDay: boolean;
}

/** Each statement of this file names its own transaction in the row: that is what a dump takes along and a copy of the files does not. */
const thisTransaction = sql<string>`'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296`;

/** The store that the database belongs to; undefined before the first start. */
export async function findStoreIdentity(db: Db): Promise<KnownStore | undefined> {
  const { rows } = await sql<KnownStore>`
    select *, tableoid || ':' || xmin <> "writtenIn" as "isRestored",
      ("epochAt" at time zone 'UTC')::date < (now() at time zone 'UTC')::date as "isOfAnotherDay"
    from store_identity`.execute(db);
  return rows[0];
}

/** Writes down a store unless there is one already. Returns the one that stands. */
export async function proposeStoreIdentity(db: Db, { id, epoch }: { id: string; epoch: string }): Promise<KnownStore> {
  await sql`
    insert into store_identity ("id", "epoch", "writtenIn") values (${id}, ${epoch}, ${thisTransaction})
    on conflict do nothing`.execute(db);
  const row = await findStoreIdentity(db);
  if (row === undefined) throw new Error('the row of the store is gone');
  return row;
}

/** Says that the store has its marker. */
export async function confirmStoreIdentity(db: Db): Promise<void> {
  await change(db, { confirmedAt: sql`now()` })
    .where('confirmedAt', 'is', null)
    .execute();
}

/** Begins to write the next epoch to the store. False while somebody else does, for at most a minute, or has done so; `isAlone`: nobody else can. */
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

/** The store has this epoch now. */
export async function completeEpoch(db: Db, next: string): Promise<void> {
  const done = { epoch: next, epochAt: sql<Date>`now()`, nextEpoch: null, nextEpochAt: null };
  await change(db, done).where('nextEpoch', '=', next).execute();
}

/** Writes down why nothing is deleted, once for each reason. */
export async function holdDeletions(db: Db, reason: string): Promise<void> {
  await change(db, { heldReason: reason, heldAt: sql`coalesce("heldAt", now())` })
    .where(sql<boolean>`"heldReason" is distinct from ${reason}`)
    .execute();
}

/** Parts database and store, so that nothing is deleted until somebody has looked: the epoch becomes one that the store does not have. */
export async function partFromStore(db: Db, { epoch, reason }: { epoch: string; reason: string }): Promise<void> {
  const parted = { epoch, nextEpoch: null, nextEpochAt: null, heldReason: reason, heldAt: sql<Date>`now()` };
  await change(db, parted).execute();
}

/** The reason not to delete has gone by itself. */
export async function releaseDeletions(db: Db): Promise<void> {
  await change(db, { heldReason: null, heldAt: null }).where('heldAt', 'is not', null).execute();
}

/** Takes another store for the right one. Nothing is deleted there until somebody says so. */
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
 * Says that somebody has looked, and that the store has this epoch now. All that is in the trash, and closed accounts, stay
 * for their whole time from now on: what an older database takes for such may have been restored since.
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

/** Originals that Darkroom believes to be in its store, by their keys: of the oldest assets and of the newest, `count` of each. */
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
