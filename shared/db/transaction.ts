import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db, Tx } from './db.ts';
import { isTransient } from './db-error.ts';

const transactions = new AsyncLocalStorage<true>();

/** True in code called by a transaction, and in asynchronous work that it started. */
export function isInTransaction(): boolean {
  return transactions.getStore() === true;
}

/** The first attempt and three more. */
const attemptsMax = 4;

/**
 * Runs `act` in the transaction `db`, or in a new one if `db` is not a transaction. After a deadlock or a serialization
 * failure it is rolled back and `act` runs again, up to three times: `act` may have no effects outside of the database.
 *
 * Locks are taken in this order: an owner's lock (`lockPeopleOf`, `withLocks`), rows of assets by id, rows of stages,
 * counters.
 */
export async function inTransaction<Result>(db: Db, act: (tx: Tx) => Promise<Result>): Promise<Result> {
  if (db.isTransaction) return act(db as Tx);
  return repeatTransient(() => db.transaction().execute((tx) => transactions.run(true, () => act(tx))));
}

/**
 * Runs `act` once, in a transaction with one snapshot of the database: for work that cannot be repeated, such as
 * reading a stream.
 */
export async function inSnapshot<Result>(db: Db, act: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.transaction().setIsolationLevel('repeatable read').execute(act);
}

/** Runs `act` again, after a short random wait, while it ends in a deadlock or a serialization failure; four times at most. */
export async function repeatTransient<Result>(act: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isTransient(error) || attempt === attemptsMax) throw error;
      await wait(Math.random() * 20 * 2 ** attempt);
    }
  }
}

/** Like `inTransaction`, but an error of `act` rolls back only `act`, and an outer transaction stays usable. */
export async function inSavepoint<Result>(db: Db, act: (tx: Tx) => Promise<Result>): Promise<Result> {
  if (!db.isTransaction) return inTransaction(db, act);
  await sql`savepoint inner_step`.execute(db);
  try {
    return await act(db as Tx);
  } catch (error) {
    await sql`rollback to savepoint inner_step`.execute(db);
    throw error;
  }
}

/**
 * Runs `act` in a transaction that holds an exclusive lock for each of these names, across all processes. The locks are
 * taken in sorted order to avoid deadlocks.
 */
export async function withLocks<Result>(
  db: Db,
  names: readonly string[],
  act: (tx: Tx) => Promise<Result>,
): Promise<Result> {
  return inTransaction(db, async (tx) => {
    await sql`
      select pg_advisory_xact_lock("lock") from (
        select distinct hashtextextended("name", 0) as "lock" from unnest(${[...names]}::text[]) as n("name") order by 1
      ) ordered`.execute(tx);
    return act(tx);
  });
}
