import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { keepDeadLetter, listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { newId } from '#shared/ids/ids.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addPhotos, countStatesOf } from '#test/support/many-photos.ts';
import { addAsset, addFace, stateOf } from '#test/support/rows.ts';

type Admin = Awaited<ReturnType<ApiApp['newUser']>>;
type Queue = { jobCounts: Record<string, number>; queueStatus: { isActive: boolean } };

let api: ApiApp;
let admin: Admin;
beforeAll(async () => {
  api = await openApiApp();
  admin = await api.newUser();
  await api.db.updateTable('user').set({ isAdmin: true }).where('id', '=', admin.userId).execute();
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(async () => {
  await api.ports.relay.settled();
  for (const table of ['dead_letter', 'outbox', 'asset'] as const) await api.db.deleteFrom(table).execute();
  api.published.length = 0;
});

const bury = (eventType: string, subject: string, data: unknown) =>
  keepDeadLetter(api.db, {
    eventId: newId(),
    eventType,
    source: '/darkroom/test',
    subject,
    data,
    destination: 'http://ingest',
    errorCode: 503,
    reason: 'the store is away',
  });
const object = (key: string) => ({ store: 'folder', key, sizeBytes: 1, version: '1' });
const buryObject = (key: string) => bury('photos.darkroom.object.created.v1', key, object(key));
const command = (name: string, what: string) => admin.call<Queue>('PUT', `/jobs/${name}`, { command: what });
const openLetters = () => listDeadLetters(api.db, 10);

test('dead letters of watchers are failures of the library queue, with their reason', async () => {
  await buryObject('library/anna/a.jpg');
  const jobs = await admin.call<Record<string, Queue>>('GET', '/jobs');
  expect(jobs['library']).toMatchObject({ jobCounts: { failed: 1 }, queueStatus: { isActive: false } });
  expect(jobs['backgroundTask']).toMatchObject({ jobCounts: { failed: 0 } });
  expect(await admin.call('GET', '/queues/library')).toMatchObject({ statistics: { failed: 1 } });
  expect(await admin.call('GET', '/queues/library/jobs?status=failed')).toMatchObject([
    { name: 'LibrarySyncFiles', data: { id: 'library/anna/a.jpg', reason: 'the store is away' } },
  ]);
  expect(await admin.call('GET', '/queues/library/jobs?status=active')).toEqual([]);
});

test('starting the library queue sends them again', async () => {
  await buryObject('library/anna/a.jpg');
  expect(await command('library', 'start')).toMatchObject({ jobCounts: { failed: 0 } });
  await expect.poll(() => api.published.map((event) => event.subject)).toEqual(['library/anna/a.jpg']);
  const sent = await admin.call<Record<string, Queue>>('GET', '/jobs');
  expect(sent['library']).toMatchObject({ jobCounts: { active: 1, waiting: 0 }, queueStatus: { isActive: true } });
});

test('starting the library queue requests a scan of every external library', async () => {
  const { id } = await admin.call<{ id: string }>('POST', '/libraries', { ownerId: admin.userId });
  await command('library', 'start');
  await expect
    .poll(() => api.published.map(({ type, data }) => ({ type, data })))
    .toEqual([{ type: 'photos.darkroom.scan.requested.v1', data: { libraryId: id } }]);
  await api.db.deleteFrom('library').execute();
});

test('events of watchers wait in the library queue, and emptying it keeps them', async () => {
  await writeOutbox(api.db, [
    { id: newId(), type: 'photos.darkroom.object.created.v1', source: '/s', subject: 'a', data: object('a') },
  ]);
  expect(await admin.call('GET', '/queues/library')).toMatchObject({ statistics: { waiting: 1 } });
  await admin.call('DELETE', '/queues/library/jobs', { failed: true });
  expect(await admin.call('GET', '/queues/library')).toMatchObject({ statistics: { waiting: 1 } });
});

test('starting a stage redrives its dead letters although their photos still count as queued', async () => {
  const { id } = await addAsset(api.db, admin.userId);
  await api.db.updateTable('asset_stage').set({ state: 'queued' }).execute();
  const start = () =>
    admin.fetch('/jobs/metadataExtraction', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"command":"start"}',
    });
  expect((await start()).status).toBe(400);
  await bury('photos.darkroom.asset.created.v1', id, { assetId: id, ownerId: admin.userId });
  expect((await start()).status).toBe(200);
  await expect.poll(() => api.published.map((event) => event.subject)).toEqual([id]);
  expect(await openLetters()).toEqual([]);
});

test('clearing failures discards only the dead letters of that queue, with a note of the user', async () => {
  const { id } = await addAsset(api.db, admin.userId);
  await setStagePaused(api.db, 'metadata', true);
  const bury3 = async () => {
    await buryObject('library/anna/a.jpg');
    await bury('photos.darkroom.asset.created.v1', id, { assetId: id, ownerId: admin.userId });
    await bury('photos.darkroom.asset.deleted.v1', id, { assetId: id, ownerId: admin.userId });
  };
  await bury3();
  await command('library', 'clear-failed');
  expect((await openLetters()).map((it) => it.eventType).toSorted()).toEqual([
    'photos.darkroom.asset.created.v1',
    'photos.darkroom.asset.deleted.v1',
  ]);
  await admin.call('DELETE', '/queues/metadataExtraction/jobs', {});
  expect(await openLetters()).toHaveLength(2);
  await admin.call('DELETE', '/queues/metadataExtraction/jobs', { failed: true });
  expect((await openLetters()).map((it) => it.eventType)).toEqual(['photos.darkroom.asset.deleted.v1']);
  expect(await command('backgroundTask', 'pause')).toMatchObject({ queueStatus: { isActive: false } });
  expect(await command('backgroundTask', 'clear-failed')).toMatchObject({ jobCounts: { failed: 0 } });
  const { email } = await api.db
    .selectFrom('user')
    .select('email')
    .where('id', '=', admin.userId)
    .executeTakeFirstOrThrow();
  const notes = await api.db.selectFrom('dead_letter').select(['outcome', 'note']).execute();
  expect(notes).toEqual(notes.map(() => ({ outcome: 'discarded', note: `cleared by ${email}` })));
  await setStagePaused(api.db, 'metadata', false);
});

test('starting a queue runs its failed stages again', async () => {
  const { id } = await addAsset(api.db, admin.userId);
  await api.db.updateTable('asset_stage').set({ state: 'failed', attempts: 5, reason: 'broken' }).execute();
  expect(await command('metadataExtraction', 'start')).toMatchObject({ jobCounts: { failed: 0 } });
  await expect.poll(() => stateOf(api.db, id, 'metadata')).toBe('queued');
});

test('a manual job removes people without a face', async () => {
  const { id: assetId } = await addAsset(api.db, admin.userId);
  const [seen, unseen] = [newId(), newId()];
  for (const id of [seen, unseen])
    await api.db
      .insertInto('person')
      .values({ id, ownerId: admin.userId, birthDate: null, faceAssetId: null, color: null })
      .execute();
  await addFace(api.db, assetId, { personId: seen });
  await addFace(api.db, assetId, { personId: unseen, deletedAt: new Date() });
  await admin.call('POST', '/jobs', { name: 'person-cleanup' });
  expect((await api.db.selectFrom('person').select('id').execute()).map((it) => it.id)).toEqual([seen]);
});

test('a job that Darkroom does not have is a 501 with a reason, and an unknown job is invalid', async () => {
  const create = async (name: string) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name }) };
    const response = await admin.fetch('/jobs', init);
    return { status: response.status, message: ((await response.json()) as { message: string }).message };
  };
  expect(await create('tag-cleanup')).toEqual({
    status: 501,
    message: 'tag-cleanup cannot be run: there are no tags yet',
  });
  expect(await create('integrity-missing-files')).toMatchObject({ status: 501 });
  expect(await create('make-coffee')).toMatchObject({ status: 400 });
});

test('a stage runs again for many photos, if they have it', async () => {
  await addPhotos(api.db, admin.userId, 20_000);
  const { id: video } = await addAsset(api.db, admin.userId, { type: 'VIDEO' });
  await api.db.updateTable('asset_stage').set({ state: 'done' }).execute();
  const assetIds = (await api.db.selectFrom('asset').select('id').execute()).map((it) => it.id);
  await setStagePaused(api.db, 'thumbnail', true);
  await admin.call('POST', '/assets/jobs', { assetIds, name: 'regenerate-thumbnail' });
  expect(await countStatesOf(api.db, 'thumbnail')).toEqual({ pending: 20_000 });
  expect(await stateOf(api.db, video, 'thumbnail')).toBeUndefined();
  await setStagePaused(api.db, 'thumbnail', false);
});

test('a request to convert videos is a 501, and nothing waits for it', async () => {
  const { id } = await addAsset(api.db, admin.userId, { type: 'VIDEO' });
  const body = JSON.stringify({ assetIds: [id], name: 'transcode-video' });
  const headers = { 'content-type': 'application/json' };
  const response = await admin.fetch('/assets/jobs', { method: 'POST', headers, body });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({
    message: 'transcode-video cannot be run: videos are not converted yet',
  });
  expect(await command('videoConversion', 'start')).toMatchObject({
    jobCounts: { waiting: 0, active: 0, paused: 0 },
    queueStatus: { isActive: false },
  });
  expect(await countStatesOf(api.db, 'transcode')).toEqual({});
});
