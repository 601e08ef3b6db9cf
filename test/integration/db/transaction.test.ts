import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { onBothDatabases } from './both-databases.ts';

const setValue = (db: Db, key: string, value: number) =>
  db
    .insertInto('system_metadata')
    .values({ key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: JSON.stringify(value) }))
    .execute();

onBothDatabases('a transaction', (getDb, kind) => {
  test('that ends in a serialization failure is repeated, without the writes of the failed attempt', async () => {
    const db = getDb();
    let attempts = 0;
    await inTransaction(db, async (tx) => {
      attempts += 1;
      await setValue(tx, `attempt-${attempts}`, attempts);
      if (attempts < 4) await fail(tx, '40001');
    });
    expect(attempts).toBe(4);
    const rows = await db.selectFrom('system_metadata').select('key').where('key', 'like', 'attempt-%').execute();
    expect(rows).toEqual([{ key: 'attempt-4' }]);
  });

  test('is given up after four attempts, and at once for any other error', async () => {
    const db = getDb();
    const count = async (code: string) => {
      let attempts = 0;
      const failing = inTransaction(db, async (tx) => {
        attempts += 1;
        await fail(tx, code);
      });
      await expect(failing).rejects.toMatchObject({ code });
      return attempts;
    };
    expect(await count('40P01')).toBe(4);
    expect(await count('23505')).toBe(1);
  });

  test('inside of another one is repeated by the outer one', async () => {
    const db = getDb();
    const runs: string[] = [];
    await inTransaction(db, async (outer) => {
      runs.push('outer');
      await inTransaction(outer, async (inner) => {
        runs.push('inner');
        if (runs.length < 4) await fail(inner, '40P01');
      });
    });
    expect(runs).toEqual(['outer', 'inner', 'outer', 'inner']);
  });

  // PGlite has one session, so that two transactions never wait for each other.
  if (kind === 'pglite') return;
  test('survives a real deadlock, and so does a single statement', async () => {
    const db = getDb();
    await sql`create table pair (id integer primary key, value integer not null)`.execute(db);
    await sql`insert into pair values (1, 0), (2, 0)`.execute(db);
    await sql`create function touch_other() returns trigger language plpgsql as $$ begin
      if new.value >= 100 and pg_trigger_depth() = 1 then
        perform pg_sleep(0.3);
        update pair set value = value + 1 where id <> new.id;
      end if;
      return null;
    end $$`.execute(db);
    await sql`create trigger touch_other after update on pair for each row execute function touch_other()`.execute(db);
    const add = (at: Db, id: number) => sql`update pair set value = value + 1 where id = ${id}`.execute(at);
    const both = { first: Promise.withResolvers<void>(), second: Promise.withResolvers<void>() };
    const crosswise = (from: number, to: number, mine: keyof typeof both, other: keyof typeof both) =>
      inTransaction(db, async (tx) => {
        await add(tx, from);
        both[mine].resolve();
        await both[other].promise;
        await add(tx, to);
      });
    await Promise.all([crosswise(1, 2, 'first', 'second'), crosswise(2, 1, 'second', 'first')]);
    expect(await values(db)).toEqual([2, 2]);
    const sleepy = (id: number) => sql`update pair set value = 100 where id = ${id}`.execute(db);
    await Promise.all([sleepy(1), sleepy(2)]);
    expect((await values(db)).every((value) => value >= 100)).toBe(true);
  });
});

const values = async (db: Db) =>
  (await sql<{ value: number }>`select value from pair order by id`.execute(db)).rows.map(({ value }) => value);

/** Raises an error with this SQLSTATE in the database. */
async function fail(db: Db, code: string): Promise<void> {
  await sql`do ${sql.raw(`$$ begin raise exception using errcode = '${code}'; end $$`)}`.execute(db);
}
