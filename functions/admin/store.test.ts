import { rename, mkdir, rm } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestAdmin, type TestAdmin } from '#test/support/admin.ts';

let admin: TestAdmin;
beforeAll(async () => {
  admin = await openTestAdmin();
});
afterAll(() => admin[Symbol.asyncDispose]());

interface Status {
  store: string;
  id: string;
  problem?: string;
  deletionsHeld?: string;
}

test('store status prints the id of the store and its problem', async () => {
  const { storeFolder: root } = admin.platform;
  expect(await admin.json<Status>('store status')).toMatchObject({ store: root, id: expect.any(String) as string });
  await rename(root, `${root}.volume`);
  await mkdir(root);
  expect((await admin.run('store status')).out).toMatch(
    /It cannot be used: .*\.darkroom-store is not in it.*store adopt/,
  );
  expect((await admin.run('store adopt')).out).toContain('is the store of this database now');
  const { deletionsHeld, problem } = await admin.json<Status>('store status');
  expect([problem, deletionsHeld]).toEqual([undefined, 'the store was adopted']);
  expect((await admin.run('store resume')).exitCode).toBe(0);
  expect((await admin.run('store resume')).out).toBe('Deletions were not on hold.\n');
  await rm(root, { recursive: true });
  await rename(`${root}.volume`, root);
});

test('store status reports a database that was restored from a dump; store resume ends the hold', async () => {
  await sql`update store_identity set "writtenIn" = 'of a dump'`.execute(admin.platform.db);
  expect((await admin.run('store status')).out).toMatch(
    /No files are deleted since .*: the database was restored from a dump\nCheck the store \(verify\), then run: store resume/,
  );
  expect((await admin.run('store resume')).out).toContain('What is in the trash stays there for its whole time');
  expect(await admin.json<Status>('store status')).not.toHaveProperty('deletionsHeld');
});
