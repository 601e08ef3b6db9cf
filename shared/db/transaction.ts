import { sql } from 'kysely';
import type { Db } from './db.ts';

/** Runs `act` in the transaction that `db` is, else in one of its own. */
export async function inTransaction<Result>(db: Db, act: (tx: Db) => Promise<Result>): Promise<Result> {
  return db.isTransaction ? act(db) : db.transaction().execute(act);
}

/** Like `inTransaction`, but an error of `act` takes back what it did and leaves an outer transaction usable. */
export async function inSavepoint<Result>(db: Db, act: (tx: Db) => Promise<Result>): Promise<Result> {
  if (!db.isTransaction) return inTransaction(db, act);
  await sql`savepoint inner_step`.execute(db);
  try {
    return await act(db);
  } catch (error) {
    await sql`rollback to savepoint inner_step`.execute(db);
    throw error;
  }
}

/** Runs `act` in a transaction that no other one under the same name goes beside, in whatever process. */
export async function withLock<Result>(db: Db, name: string, act: (tx: Db) => Promise<Result>): Promise<Result> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
    return act(tx);
  });
}
