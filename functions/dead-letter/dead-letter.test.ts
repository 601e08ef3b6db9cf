import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { settleStage, takeStage } from '#shared/stages/asset-stage.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { toHeaders } from '#shared/events/publish.ts';
import { openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

async function bury(assetId: string, ownerId: string, more: Record<string, string> = {}): Promise<number> {
  const event = assetEvent('photos.darkroom.asset.created.v1', { assetId, ownerId, assetType: 'IMAGE' }, 'v1');
  const headers = {
    ...toHeaders(event),
    'ce-knativeerrordest': 'http://metadata.darkroom.svc.cluster.local/',
    'ce-knativeerrorcode': '503',
    'ce-knativeerrordata': Buffer.from('{"title":"x","detail":"db is away"}').toString('base64'),
    ...more,
  };
  const handler = await fn.create(platform);
  return (await handler({ headers, body: Buffer.from(JSON.stringify(event.data)) }, new AbortController().signal))
    .status;
}
const lettersOf = async (assetId: string) =>
  (await listDeadLetters(platform.db, 1000)).filter((letter) => letter.subject === assetId);

test('an undeliverable event is kept once, with the reason', async () => {
  const ownerId = await addUser(platform.db);
  const { id } = await addAsset(platform.db, ownerId);
  expect(await bury(id, ownerId)).toBe(204);
  expect(await bury(id, ownerId)).toBe(204);
  expect(await lettersOf(id)).toMatchObject([
    {
      eventType: 'photos.darkroom.asset.created.v1',
      errorCode: 503,
      reason: 'db is away',
      destination: 'http://metadata.darkroom.svc.cluster.local/',
    },
  ]);
});

test('an event whose stage has settled meanwhile, or whose asset is gone, is dropped', async () => {
  const ownerId = await addUser(platform.db);
  const { id } = await addAsset(platform.db, ownerId);
  await takeStage(platform.db, {
    assetId: id,
    stage: 'metadata',
    holder: 'h',
    recipe: 'r',
    leaseSeconds: 60,
    maxAttempts: 5,
  });
  await settleStage(platform.db, { assetId: id, stage: 'metadata', holder: 'h', state: 'done' });
  expect(await bury(id, ownerId)).toBe(204);
  expect(await lettersOf(id)).toEqual([]);
  const gone = '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11';
  await bury(gone, ownerId);
  expect(await lettersOf(gone)).toEqual([]);
});

test('a request that is not a CloudEvent is rejected', async () => {
  expect(await bury('7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11', '', { 'ce-id': '' })).toBe(400);
});

test('the dead letter of an object replaces its row in the outbox, which is not sent again', async () => {
  const event = {
    id: newId(),
    type: 'photos.darkroom.object.created.v1',
    source: '/darkroom/watch-nfs',
    subject: 'library/anna/Übung 100%.jpg',
    data: { store: 'folder', key: 'library/anna/Übung 100%.jpg', sizeBytes: 1, version: 'v1' },
  } as const;
  await writeOutbox(platform.db, [event]);
  const headers = { ...toHeaders({ ...event, time: new Date().toISOString() }), 'ce-knativeerrorcode': '500' };
  const handler = await fn.create(platform);
  await handler({ headers, body: Buffer.from(JSON.stringify(event.data)) }, new AbortController().signal);
  expect(await lettersOf(event.subject)).toMatchObject([
    { eventId: event.id, subject: event.subject, data: event.data },
  ]);
  expect(await platform.db.selectFrom('outbox').select('id').where('id', '=', event.id).execute()).toEqual([]);
});
