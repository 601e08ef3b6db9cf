import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { checkSchema, migrateDownTo, migrateToLatest } from '#shared/db/migrate.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';
import { onBothDatabases } from './both-databases.ts';

onBothDatabases('migrations', (getDb) => {
  test('go down to nothing and up again', async () => {
    const db = getDb();
    await migrateDownTo(db);
    await expect(checkSchema(db)).rejects.toMatchObject({ code: 'db/schema-older' });
    const { rows } =
      await sql`select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`.execute(
        db,
      );
    expect(rows).toEqual([]);
    await migrateToLatest(db);
    await migrateToLatest(db);
    await checkSchema(db);
  });

  test('of a newer version are refused when they break this one, and nothing is changed', async () => {
    const db = getDb();
    await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2030')`.execute(db);
    await sql`update system_metadata set value = '"9999_future"' where key = 'schema-floor'`.execute(db);
    for (const start of [checkSchema, migrateToLatest])
      await expect(start(db)).rejects.toMatchObject({ code: 'db/schema-newer' });
    await sql`delete from kysely_migration where name = '9999_future'`.execute(db);
    await migrateToLatest(db);
    await checkSchema(db);
  });

  test('of a newer version that only add are accepted, but neither reverted nor continued', async () => {
    const db = getDb();
    await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2030')`.execute(db);
    await checkSchema(db);
    await expect(migrateToLatest(db)).rejects.toMatchObject({ code: 'db/schema-newer' });
    await sql`delete from system_metadata where key = 'schema-floor'`.execute(db);
    await expect(checkSchema(db)).rejects.toMatchObject({ code: 'db/schema-newer' });
    await sql`delete from kysely_migration where name = '9999_future'`.execute(db);
    await migrateToLatest(db);
  });
});

onBothDatabases('the migration to reason codes', (getDb) => {
  test('parses them from the earlier sentences', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [lost, broken] = [(await addAsset(db, ownerId)).id, (await addAsset(db, ownerId)).id];
    await migrateDownTo(db, '0014_timeline_order');
    await sql`insert into asset_stage ("assetId", "stage", "state", "reason") values
      (${lost}, 'faces', 'failed', 'There is no a.jpg (store/not-found)'), (${broken}, 'faces', 'failed', 'Each of 3 attempts ended its process')`.execute(
      db,
    );
    await sql`insert into stored_object ("store", "key", "state", "reason") values
      ('folder', 'a', 'refused', 'deleted by its owner'), ('folder', 'b', 'refused', 'given up'),
      ('folder', 'c', 'refused', 'abandoned'), ('folder', 'd', 'refused', 'not a photo or video')`.execute(db);
    await migrateToLatest(db);
    const stages = await db
      .selectFrom('asset_stage')
      .select(['assetId', 'code'])
      .where('stage', '=', 'faces')
      .where('assetId', 'in', [lost, broken])
      .execute();
    expect(new Map(stages.map((it) => [it.assetId, it.code]))).toEqual(
      new Map([
        [lost, 'store/not-found'],
        [broken, null],
      ]),
    );
    const objects = await db
      .selectFrom('stored_object')
      .select(['key', 'code'])
      .where('key', 'in', ['a', 'b', 'c', 'd'])
      .orderBy('key')
      .execute();
    expect(objects).toEqual([
      { key: 'a', code: 'deleted-by-owner' },
      { key: 'b', code: 'given-up' },
      { key: 'c', code: 'abandoned' },
      { key: 'd', code: null },
    ]);
  });
});

describeWithService('postgres', 'migrations by many processes at once', () => {
  test('are applied once', async () => {
    await using database = await (await sharedPostgres()).createDatabase();
    const all = Array.from({ length: 5 }, () => connectPostgres({ url: database.url, poolSize: 1 }));
    await Promise.all(all.map(({ db }) => migrateToLatest(db)));
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(all[0]?.db as never);
    const names = rows.map((row) => row.name);
    expect(names.length).toBeGreaterThan(1);
    expect(names).toEqual([...new Set(names)]);
    for (const it of all) await it[Symbol.asyncDispose]();
  });
});
