import { readFile, writeFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand, type Ending } from '#functions/admin/run-command.ts';
import { parseConfig } from '#shared/config/config.ts';
import { commitLater } from '#shared/db/commit-later.ts';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { checkSchema, migrateToLatest } from '#shared/db/migrate.ts';
import { createAlbum } from '#shared/albums/album.ts';
import { createPerson } from '#shared/people/person.ts';
import { ensureScanRoots } from '#shared/scans/scan-root.ts';
import { listTables } from '#shared/db/table-catalog.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';

let folder = '';
let stack: AsyncDisposableStack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-export-'));
  stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
afterAll(() => stack.disposeAsync());

const openEmbedded = async () => stack.use(await connectPGlite(join(folder, `db-${newId()}`))).db;
const openPostgres = async () =>
  stack.use(connectPostgres({ url: stack.use(await (await sharedPostgres()).createDatabase()).url, poolSize: 4 })).db;

async function admin(db: Db, ...argv: string[]): Promise<Ending> {
  const open = async () => {
    await checkSchema(db);
    return db;
  };
  const refuse = () => Promise.reject(new Error('it needs the database alone'));
  const config = parseConfig({ DARKROOM_DATA: folder });
  return await runCommand(argv, {
    config,
    isOnlyProcess: true,
    openDb: open,
    openAnyDb: () => Promise.resolve(db),
    openPlatform: refuse,
    announce: refuse,
    readInput: refuse,
  });
}

const newPath = () => join(folder, `${newId()}.jsonl.gz`);

async function exported(db: Db): Promise<string> {
  const path = newPath();
  expect(await admin(db, 'export', path)).toMatchObject({ exitCode: 0, err: '' });
  return path;
}

/** Every row of every table as PostgreSQL prints it, by table, with the definitions of tables and sequences. */
async function readAll(db: Db): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const { name } of await listTables(db)) {
    const columns = sql`array(select attname || ' ' || format_type(atttypid, atttypmod) from pg_attribute
      where attrelid = ${name}::text::regclass and attnum > 0 order by attnum)`;
    const rows = await db.transaction().execute(async (tx) => {
      await sql`set local timezone = 'UTC'`.execute(tx);
      const read = await sql<{ row: string }>`
        select t::text as "row" from ${sql.table(name)} t order by t::text collate "C"`.execute(tx);
      return read.rows;
    });
    const { rows: shape } = await sql`select ${columns} as columns`.execute(db);
    all[name] = { rows: rows.map(({ row }) => row), shape };
  }
  const { rows: rules } = await sql`
    select conname, condeferrable, condeferred, convalidated, pg_get_constraintdef(oid) as rule from pg_constraint
    where connamespace = current_schema()::regnamespace and contype <> 'n' order by conrelid::regclass::text, conname`.execute(
    db,
  );
  const { rows: triggers } =
    await sql`select tgname, tgenabled from pg_trigger where not tgisinternal order by 1`.execute(db);
  const { rows: numbers } = await sql`
    select sequencename, last_value::text from pg_sequences where schemaname = current_schema() order by 1`.execute(db);
  return { ...all, rules, triggers, numbers };
}

/** Rows of every table with references, and values of every type that a conversion could change. */
async function fill(db: Db): Promise<{ ada: string; album: string }> {
  await migrateToLatest(db);
  const [ada, bob] = [await addUser(db, { quotaSizeInBytes: 2 ** 40 }), await addUser(db)];
  const video = await addAsset(db, ada, { type: 'VIDEO' });
  const photos = [
    await addAsset(db, ada, { livePhotoVideoId: video.id, originalFileName: 'line\u2028end "\\ \t é 🙂.jpg' }),
  ];
  for (let n = 0; n < 600; n += 1) photos.push(await addAsset(db, n % 2 === 0 ? ada : bob));
  const ids = photos.map(({ id }) => id);
  const person = await createPerson(db, ada, { name: 'Grace' });
  for (const id of ids.slice(0, 20)) {
    const face = await addFace(db, id, { personId: person.id });
    const embedding = JSON.stringify(
      Array.from({ length: 512 }, (_, at) => Math.fround(Math.sin(at * 7.1 + id.charCodeAt(0)))),
    );
    await sql`insert into face_search ("faceId", "ownerId", "modelSet", "embedding") values (${face}, ${ada}, 'test', ${embedding}::halfvec)`.execute(
      db,
    );
    await sql`update person set "faceAssetId" = ${face} where id = ${person.id}`.execute(db);
  }
  const album = newId();
  const users = [{ userId: bob, role: 'viewer' as const }];
  await createAlbum(db, {
    id: album,
    ownerId: ada,
    albumName: 'Summer',
    description: '',
    users,
    assetIds: ids.slice(0, 50),
  });
  await ensureScanRoots(db, [{ path: '/photos', store: 'folder', prefix: 'library/', libraryId: null }]);
  await sql`insert into user_metadata ("userId", "key", "value")
    values (${ada}, 'preferences', ${'{"big": 12345678901234567890, "deep": [null, {"a": 1.10}]}'}::jsonb)`.execute(db);
  return { ada, album };
}

describeWithService('postgres', 'darkroom admin export and import', () => {
  let embedded: Db;
  let made: { ada: string; album: string };
  let first: string;
  beforeAll(async () => {
    embedded = await openEmbedded();
    made = await commitLater(() => fill(embedded));
    first = await exported(embedded);
  }, 180_000);

  test('move an embedded library to PostgreSQL and back: every row is the same', async () => {
    const before = await readAll(embedded);
    const postgres = await openPostgres();
    expect(await admin(postgres, 'import', first)).toMatchObject({ exitCode: 0, err: '' });
    expect(await readAll(postgres)).toEqual(before);
    const back = await openEmbedded();
    expect(await admin(back, 'import', await exported(postgres))).toMatchObject({ exitCode: 0, err: '' });
    expect(await readAll(back)).toEqual(before);
  });

  test('after an import counters are updated, sequences continue and constraints hold', async () => {
    const postgres = await openPostgres();
    await admin(postgres, 'import', first);
    const count = async () =>
      (await sql<{ n: number }>`select sum(count)::int as n from asset_month_count`.execute(postgres)).rows[0]?.n ?? 0;
    const before = await count();
    await addAsset(postgres, made.ada);
    expect(await count()).toBe(before + 1);
    const [root] = await ensureScanRoots(postgres, [
      { path: '/more', store: 'folder', prefix: 'library/', libraryId: null },
    ]);
    expect(root?.path).toBe('/more');
    await expect(
      sql`insert into album_asset ("albumId", "assetId") values (${made.album}, ${newId()})`.execute(postgres),
    ).rejects.toThrow('violates foreign key');
    await expect(
      sql`update asset set "livePhotoVideoId" = ${newId()} where "ownerId" = ${made.ada}`.execute(postgres),
    ).rejects.toThrow('violates foreign key');
  });

  test('a database in use is exported as a consistent snapshot', async () => {
    const busy = await openPostgres();
    await admin(busy, 'import', first);
    const stop = new AbortController();
    const upload = async () => {
      while (!stop.signal.aborted) await addAsset(busy, made.ada);
    };
    const uploads = [upload(), upload()];
    const path = await exported(busy);
    stop.abort();
    await Promise.all(uploads);
    const copy = await openPostgres();
    expect(await admin(copy, 'import', path)).toMatchObject({ exitCode: 0 });
    const { rows } = await sql<{ kept: number; counted: number; open: number }>`
      select (select sum(count)::int from asset_month_count) as kept, (select count(*)::int from asset where status <> 'deleted') as counted,
        (select count(*)::int from asset where not exists (select 1 from stored_object where "assetId" = asset.id and state = 'asset')) as open`.execute(
      copy,
    );
    expect(rows[0]).toMatchObject({ kept: rows[0]?.counted, open: 0 });
  });

  test.each([
    ['cut off', async () => (await readFile(first)).subarray(0, -2000), /truncated/],
    [
      'without its end',
      async () =>
        gzipSync(
          gunzipSync(await readFile(first))
            .toString()
            .split('\n')
            .slice(0, -3)
            .join('\n'),
        ),
      /not whole/,
    ],
    ['no export', () => Promise.resolve(Buffer.from('photos')), /not an export of Darkroom/],
    [
      'of another schema',
      async () =>
        gzipSync(
          gunzipSync(await readFile(first))
            .toString()
            .replace('"0001_initial"', '"0000_older"'),
        ),
      /schema/,
    ],
  ])('the import of a file that is %s changes nothing', async (_name, make, message) => {
    const path = newPath();
    await writeFile(path, await make());
    const db = await openEmbedded();
    await migrateToLatest(db);
    const before = await readAll(db);
    expect(await admin(db, 'import', path)).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(message) as string,
    });
    expect(await readAll(db)).toEqual(before);
    expect(await admin(db, 'import', first)).toMatchObject({ exitCode: 0 });
  });

  test('a database with users is not changed, an existing file is not overwritten, and only its user can read an export', async () => {
    expect(await admin(embedded, 'import', first)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('has users already') as string,
    });
    expect(await admin(embedded, 'export', first)).toMatchObject({ exitCode: 2 });
    expect(await admin(embedded, 'export', 'here.gz')).toMatchObject({ exitCode: 2 });
    expect(await admin(embedded, 'import', newPath())).toMatchObject({ exitCode: 2 });
    expect(await admin(embedded, 'export', join(folder, 'nowhere', 'x.gz'))).toMatchObject({ exitCode: 1 });
    expect((await stat(first)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((it) => it.endsWith('.part'))).toEqual([]);
  });
});
