import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { openTestAdmin, type TestAdmin } from '#test/support/admin.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { commands } from './commands.ts';

let admin: TestAdmin;
beforeAll(async () => {
  admin = await openTestAdmin();
});
afterAll(() => admin[Symbol.asyncDispose]());
beforeEach(async () => {
  for (const table of ['user', 'outbox', 'stored_object'] as const) await admin.platform.db.deleteFrom(table).execute();
});

test('without a command, and with --help, all commands are printed', async () => {
  for (const line of [[], ['--help'], ['help']]) {
    const { exitCode, out } = await admin.run(line);
    expect(exitCode).toBe(0);
    for (const { name } of commands) expect(out).toContain(name);
  }
});

test('each command prints its usage and can be loaded', async () => {
  for (const { name, usage } of commands) {
    const { exitCode, out } = await admin.run([...name.split(' '), '--help']);
    expect({ name, exitCode }).toEqual({ name, exitCode: 0 });
    expect(out).toContain(`Usage: admin ${name} ${usage}`.trimEnd());
  }
});

test('an unknown command exits with 2', async () => {
  for (const line of ['users', 'users delete', 'dead-letters', 'toString', 'schema now'])
    expect(await admin.run(line)).toMatchObject({ exitCode: 2 });
});

test('stages are counted by state, with the reasons of failures and the time of the oldest waiting one', async () => {
  const { db } = admin.platform;
  const ownerId = await addUser(db);
  const [a, b] = [await addAsset(db, ownerId), await addAsset(db, ownerId, { originalFileName: 'broken.jpg' })];
  await db
    .updateTable('asset_stage')
    .set({ state: 'failed', reason: 'Not a JPEG' })
    .where('assetId', '=', b.id)
    .execute();
  await sql`update asset_stage set "changedAt" = now() - interval '125 minutes' where "assetId" = ${a.id}`.execute(db);
  await setStagePaused(db, 'faces', true);
  const { out } = await admin.run('stages');
  expect(out).toMatch(/^STAGE +PENDING +QUEUED +ACTIVE +FAILED +UNSUPPORTED +DONE +WAITS SINCE\n/);
  expect(out).toMatch(/metadata +1 +0 +0 +1 +0 +0 +2 h\n/);
  expect(out).toContain('faces (paused)');
  expect(out).toMatch(/metadata +failed +1 +\d s +Not a JPEG/);
  expect(out).toContain('dead letters: 0');
  await setStagePaused(db, 'faces', false);
  expect(await admin.json('stages --stage metadata')).toMatchObject({
    reasons: [{ stage: 'metadata', state: 'failed', reason: 'Not a JPEG', count: 1 }],
    deadLetters: 0,
  });
  expect((await admin.run('stages --failed')).out).toMatch(/metadata .*@example\.org +broken\.jpg .*Not a JPEG/);
  expect((await admin.run('stages --failed --stage faces')).out).toBe('Nothing has failed.\n');
});

test('a sweep prints what it repaired and sends what it announced', async () => {
  const { db, published } = admin.platform;
  const { id } = await addAsset(db, await addUser(db));
  await db
    .updateTable('asset_stage')
    .set({ state: 'active', holder: 'dead', leaseUntil: new Date(0) })
    .execute();
  published.length = 0;
  expect((await admin.run('sweep')).out).toContain('stages announced again: 1');
  expect(published.map((event) => event.subject)).toEqual([id]);
  await db.deleteFrom('user').execute();
  expect(await admin.run('sweep --nightly')).toMatchObject({ exitCode: 0 });
});

test('verify finds originals that the store lacks and files that the database does not know', async () => {
  const { db, storeFolder } = admin.platform;
  const ownerId = await addUser(db);
  await addAsset(db, ownerId);
  await admin.platform.store.put(`upload/${ownerId}/stray.jpg`, Buffer.from('x'));
  await writeFile(join(storeFolder, 'no-photo.txt'), 'x');
  expect(await admin.json('verify')).toMatchObject({ originals: 1, originalsMissing: 1, originalsUnknown: 1 });
  const { out } = await admin.run('verify');
  expect(out).toContain(`original unknown: upload/${ownerId}/stray.jpg`);
  expect(out).toContain('1 originals, of which 1 are missing');
});

test('the schema of this version fits', async () => {
  const { applied, known, fits } = await admin.json<{ applied: string[]; known: string[]; fits: string }>('schema');
  expect({ applied, fits }).toEqual({ applied: known, fits: 'fits' });
  expect((await admin.run('schema')).out).toContain(known.at(-1));
});
