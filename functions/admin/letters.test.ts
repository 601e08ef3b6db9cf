import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keepDeadLetter, listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { newId } from '#shared/ids/ids.ts';
import { openTestAdmin, type TestAdmin } from '#test/support/admin.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';

let admin: TestAdmin;
let assetId: string;
beforeAll(async () => {
  admin = await openTestAdmin();
});
afterAll(() => admin[Symbol.asyncDispose]());
beforeEach(async () => {
  const { db, published } = admin.platform;
  for (const table of ['dead_letter', 'outbox', 'user'] as const) await db.deleteFrom(table).execute();
  published.length = 0;
  const ownerId = await addUser(db);
  assetId = (await addAsset(db, ownerId)).id;
  await db.updateTable('asset_stage').set({ state: 'queued' }).execute();
  await bury('photos.darkroom.object.created.v1', 'library/a.jpg', {
    store: 'folder',
    key: 'library/a.jpg',
    sizeBytes: 1,
    version: '1',
  });
  await bury('photos.darkroom.asset.created.v1', assetId, { assetId, ownerId });
  await bury('org.example.other', 'x\u001b[2J', {});
});

const bury = (eventType: string, subject: string, data: unknown) =>
  keepDeadLetter(admin.platform.db, {
    eventId: newId(),
    eventType,
    source: '/darkroom/test',
    subject,
    data,
    destination: null,
    errorCode: 503,
    reason: 'the store is away',
  });
const open = async () => (await listDeadLetters(admin.platform.db, 10)).map((it) => it.eventType).toSorted();

test('dead letters are listed with their reason, and those that cannot be redriven are marked', async () => {
  const { out } = await admin.run('dead-letters list');
  expect(out).toMatch(/^ID +AGE +EVENT +ABOUT +STATUS +REASON/);
  expect(out).toMatch(/ \d s +object\.created +library\/a\.jpg +503 +the store is away/);
  expect(out).toMatch(/org\.example\.other .*can only be discarded/);
  expect(out).not.toContain('\u001b');
  expect((await admin.run('dead-letters list --type object.created')).out).not.toContain('org.example.other');
  expect(await admin.json<unknown[]>('dead-letters list --limit 2')).toHaveLength(2);
  expect((await admin.run('dead-letters list --limit 2')).out).toContain('There are more');
  expect((await admin.run('dead-letters list --stage faces')).out).toBe('There are no dead letters.\n');
});

test('dead letters are redriven by type, by stage, by id, or all, and sent at once', async () => {
  expect(await admin.json('dead-letters redrive --type object.created')).toMatchObject({ events: 1, stages: 0 });
  expect(admin.platform.published.map((event) => event.subject)).toEqual(['library/a.jpg']);
  expect(await admin.json('dead-letters redrive --stage metadata')).toMatchObject({ events: 0, stages: 1 });
  expect(admin.platform.published.map((event) => event.subject)).toEqual(['library/a.jpg', assetId]);
  const { exitCode, out } = await admin.run('dead-letters redrive --all');
  expect({ exitCode, out }).toEqual({
    exitCode: 0,
    out: '1 letter is not an event of Darkroom: dead-letters discard\n',
  });
  const [left] = await listDeadLetters(admin.platform.db, 10);
  expect(await admin.json(['dead-letters', 'redrive', left?.id ?? ''])).toMatchObject({ unparsable: 1 });
});

test('all dead letters are selected only with --all', async () => {
  for (const line of [
    'dead-letters redrive',
    'dead-letters redrive --all --stage faces',
    'dead-letters redrive 17',
    'dead-letters redrive --stage made-up',
    'dead-letters discard --all',
    'dead-letters discard --reason why',
  ])
    expect(await admin.run(line.split(' '))).toMatchObject({ exitCode: 2, out: '' });
  expect(await open()).toHaveLength(3);
});

test('dead letters are discarded with a reason', async () => {
  const discard = (...how: string[]) => admin.json(['dead-letters', 'discard', ...how, '--reason', 'not mine']);
  expect(await discard('--unparsable')).toEqual({ discarded: 1 });
  expect(await open()).toEqual(['photos.darkroom.asset.created.v1', 'photos.darkroom.object.created.v1']);
  expect(await discard('--stage', 'metadata')).toEqual({ discarded: 1 });
  expect(await discard('--all')).toEqual({ discarded: 1 });
  expect(await discard('--all')).toEqual({ discarded: 0 });
  const kept = await admin.platform.db.selectFrom('dead_letter').select(['outcome', 'note']).execute();
  expect(kept).toEqual(kept.map(() => ({ outcome: 'discarded', note: 'not mine' })));
});

test('redrive retries failed stages and dead letters', async () => {
  const { id } = await addAsset(admin.platform.db, await addUser(admin.platform.db));
  await admin.platform.db
    .updateTable('asset_stage')
    .set({ state: 'failed', reason: 'broken', attempts: 5 })
    .where('assetId', '=', id)
    .execute();
  expect(await admin.json('redrive --stage faces')).toMatchObject({ failed: 0, letters: { stages: 0, events: 0 } });
  expect(await admin.json('redrive')).toMatchObject({ failed: 1, letters: { stages: 1, events: 1, unparsable: 1 } });
  expect(await stateOf(admin.platform.db, id, 'metadata')).toBe('queued');
  expect(admin.platform.published.map((event) => event.subject).toSorted()).toEqual(
    [id, assetId, 'library/a.jpg'].toSorted(),
  );
  expect((await admin.run('redrive')).out).toContain('not an event of Darkroom');
});
