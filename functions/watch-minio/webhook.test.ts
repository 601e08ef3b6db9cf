import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recordObject } from '#shared/assets/stored-object.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { toHeaders } from '#shared/events/publish.ts';
import type { EventReply } from '#shared/events/receive.ts';
import type { Platform } from '#shared/platform/platform.ts';
import { openMinioStore } from '#shared/store/minio-store.ts';
import { guardStore } from '#test/support/guarded-store.ts';
import { openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { fn } from './main.ts';

const token = 'a-token-of-some-length';
let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform({ DARKROOM_WEBHOOK_TOKEN: token });
});
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  await platform.db.deleteFrom('outbox').execute();
});

interface Sending {
  authorization?: string | string[] | undefined;
  method?: string;
  to?: Partial<Platform>;
}

/** Uses the folder store in place of a bucket. */
const watching = (to: Partial<Platform> = {}): Platform => {
  const all = { ...platform, ...to };
  return { ...all, config: { ...all.config, DARKROOM_STORE: 'minio' } };
};

async function send(body: unknown, { authorization = `Bearer ${token}`, method = 'POST', to = {} }: Sending = {}) {
  const handler = await fn.create(watching(to));
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  return handler({ method, headers: { authorization }, body: bytes }, new AbortController().signal);
}

const formEncode = (key: string) => encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
const recordOf = (
  key: string,
  { eventName = 's3:ObjectCreated:Put', bucket = 'darkroom', encode = formEncode } = {},
) => ({
  eventVersion: '2.0',
  eventSource: 'minio:s3',
  eventName,
  s3: { bucket: { name: bucket }, object: { key: encode(key), size: 4711, eTag: 'told', sequencer: '1' } },
});
const notification = (...records: unknown[]) => ({ EventName: 's3:ObjectCreated:Put', Key: 'x', Records: records });
const put = (key: string, text = 'x') => platform.store.put(key, Buffer.from(text));
const gone = (key: string) => rm(join(platform.storeFolder, key));
const know = (key: string) =>
  recordObject(
    platform.db,
    { store: 'folder', key },
    {
      state: 'refused',
      version: 'v1',
      sizeBytes: 1,
      assetId: null,
      ownerId: null,
      reason: null,
    },
  );
const told = async () =>
  (await platform.db.selectFrom('outbox').select(['id', 'type', 'data']).orderBy('subject').execute()).map((row) => ({
    ...row,
    type: row.type.split('.')[3],
  }));
const problemOf = (reply: EventReply) => ({ status: reply.status, ...(JSON.parse(reply.body ?? '{}') as object) });

test('an existing object is reported as it is now, not as the notification says', async () => {
  await put('library/ann/a.jpg', 'four');
  expect(await send(notification(recordOf('library/ann/a.jpg')))).toEqual({ status: 204, headers: {} });
  const found = await platform.store.find('library/ann/a.jpg');
  expect(await told()).toMatchObject([
    { type: 'created', data: { store: 'folder', key: 'library/ann/a.jpg', sizeBytes: 4, version: found?.version } },
  ]);
});

test('a repeated record, or a late one of its removal, leads to the same event', async () => {
  await put('library/ann/b.jpg');
  const removed = recordOf('library/ann/b.jpg', { eventName: 's3:ObjectRemoved:Delete' });
  await send(notification(removed));
  const [first] = await told();
  await send(notification(recordOf('library/ann/b.jpg'), removed, recordOf('library/ann/b.jpg')));
  expect(await told()).toEqual([first]);
  expect(first).toMatchObject({ type: 'created' });
});

test('an overwritten object leads to another event', async () => {
  await put('library/ann/c.jpg', 'one');
  await send(notification(recordOf('library/ann/c.jpg')));
  await put('library/ann/c.jpg', 'another');
  await send(notification(recordOf('library/ann/c.jpg')));
  const events = await told();
  expect(new Set(events.map((it) => it.id)).size).toBe(2);
});

test('a known object is reported as removed when it is gone, whatever the record says; an unknown one is not', async () => {
  await know('library/ann/d.jpg');
  await send(notification(recordOf('library/ann/d.jpg'), recordOf('library/ann/never.jpg')));
  expect(await told()).toMatchObject([{ type: 'removed', data: { store: 'folder', key: 'library/ann/d.jpg' } }]);
});

test.each([
  'library/ann/with space.jpg',
  'library/ann/a+b 100%.jpg',
  'library/ann/%2e%2e.jpg',
  'library/ann/quote".jpg',
  "library/ann/it's & <b>.jpg",
  'library/ann/Ünï✈👨‍👩‍👧.jpg',
])('the key %s is reported unchanged', async (key) => {
  await put(key);
  await send(notification(recordOf(key)));
  expect(await told()).toMatchObject([{ data: { key } }]);
  await gone(key);
});

test('all of many records of one notification are reported', async () => {
  const keys = Array.from({ length: 300 }, (_, i) => `library/many/${String(i).padStart(3, '0')}.jpg`);
  for (const key of keys) await put(key);
  expect((await send(notification(...keys.map((key) => recordOf(key))))).status).toBe(204);
  expect(await told()).toHaveLength(300);
});

test.each([
  ['an upload', recordOf('upload/ann/a.jpg')],
  ['a thumbnail', recordOf('thumbs/ann/a.jpg')],
  ['a key with ..', recordOf('library/../upload/ann/a.jpg')],
  ['a key with .., encoded', recordOf('library/%2E%2E/upload/ann/a.jpg', { encode: (key) => key })],
  ['a key with NUL', recordOf('library/ann/a\u0000.jpg')],
  ['a key with a newline', recordOf('library/ann/a\n.jpg')],
  ['a folder', recordOf('library/ann/')],
  ['the prefix itself', recordOf('library/')],
  ['a neighbour of the prefix', recordOf('library2/ann/a.jpg')],
  ['an absolute key', recordOf('/library/ann/a.jpg')],
  ['another bucket', recordOf('library/ann/a.jpg', { bucket: 'holidays' })],
  ['a key that is not decodable', recordOf('library/ann/%ff.jpg', { encode: (key) => key })],
  ['an event that Darkroom does not need', recordOf('library/ann/a.jpg', { eventName: 's3:ObjectAccessed:Get' })],
  ['an event without its object', { eventName: 's3:ObjectCreated:Put', s3: { bucket: {} } }],
])('%s is accepted and not reported', async (_what, record) => {
  for (const key of ['library/ann/a.jpg', 'upload/ann/a.jpg', 'thumbs/ann/a.jpg', 'library2/ann/a.jpg']) await put(key);
  expect(await send(notification(record))).toEqual({ status: 204, headers: {} });
  expect(await told()).toEqual([]);
});

test('a test notification of S3 is accepted', async () => {
  const body = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'darkroom', RequestId: '1', HostId: '2' };
  expect((await send(body)).status).toBe(204);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['no JSON', Buffer.from('EventName=x')],
  ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['a list', []],
  ['null', null],
  ['no records', {}],
  ['records that are no list', { Records: 'all' }],
  ['a record without a name', { Records: [{ s3: {} }] }],
  ['more records than any S3 sends', notification(...Array.from({ length: 1001 }, () => recordOf('library/a')))],
  ['deeply nested lists', Buffer.from('['.repeat(50_000))],
])('%s is refused as malformed', async (_what, body) => {
  expect(problemOf(await send(body))).toMatchObject({ status: 400, type: 'urn:darkroom:error:input/invalid' });
  expect(await told()).toEqual([]);
});

test.each([
  undefined,
  '',
  token.slice(0, -1),
  `${token}x`,
  `Basic ${token}`,
  `Bearer  ${token}`,
  `Bearer ${token.toUpperCase()}`,
  [`Bearer ${token}`],
])('an authorization of %j is refused', async (authorization) => {
  await put('library/ann/a.jpg');
  const headers = authorization === undefined ? {} : { authorization };
  const handler = await fn.create(watching());
  const body = Buffer.from(JSON.stringify(notification(recordOf('library/ann/a.jpg'))));
  const reply = await handler({ method: 'POST', headers, body }, new AbortController().signal);
  expect(problemOf(reply)).toMatchObject({ status: 401, type: 'urn:darkroom:error:auth/invalid' });
  expect(reply.body).not.toContain(token);
  expect(await told()).toEqual([]);
});

test('the token is accepted after Bearer and alone', async () => {
  for (const authorization of [token, `Bearer ${token}`])
    expect((await send(notification(), { authorization })).status).toBe(204);
});

test('without a configured token every notification is refused', async () => {
  const config = { ...platform.config, DARKROOM_WEBHOOK_TOKEN: undefined };
  for (const authorization of ['', 'Bearer ', 'Bearer undefined', `Bearer ${token}`]) {
    const reply = await send(notification(), { authorization, to: { config } });
    expect(problemOf(reply)).toMatchObject({ status: 503, type: 'urn:darkroom:error:webhook/closed' });
  }
});

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('the method %s is refused', async (method) => {
  expect(await send(notification(), { method })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
});

test('while the store is unavailable the answer is 503, and nothing is written', async () => {
  await using minio = await openMinioStore({
    endpoint: '127.0.0.1',
    port: 1,
    useTls: false,
    accessKey: 'a',
    secretKey: 'b',
    bucket: 'darkroom',
    region: 'us-east-1',
  });
  const store = guardStore(minio);
  const reply = await send(notification(recordOf('library/ann/a.jpg')), { to: { store } });
  expect(problemOf(reply)).toMatchObject({ status: 503, type: 'urn:darkroom:error:store/unavailable' });
  expect(await told()).toEqual([]);
});

test('an event of the Broker of another type is refused, even with the token', async () => {
  const event = assetEvent(
    'photos.darkroom.asset.created.v1',
    { assetId: crypto.randomUUID(), ownerId: crypto.randomUUID(), assetType: 'IMAGE' },
    '1',
  );
  const handler = await fn.create(watching());
  const headers = { ...toHeaders(event), authorization: `Bearer ${token}` };
  const body = Buffer.from(JSON.stringify(notification(recordOf('library/ann/a.jpg'))));
  const reply = await handler({ method: 'POST', headers, body }, new AbortController().signal);
  expect(problemOf(reply)).toMatchObject({ status: 400, type: 'urn:darkroom:error:event/invalid' });
  expect(await told()).toEqual([]);
});
