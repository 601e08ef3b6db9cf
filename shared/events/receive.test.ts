import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { DarkroomError, type ErrorCode } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { silentLog } from '#shared/log/log.ts';
import { pingType } from './catalogue.ts';
import { assetEvent } from './new-event.ts';
import { toHeaders } from './publish.ts';
import { done, receive, type Outcome } from './receive.ts';

const subject = { assetId: newId(), ownerId: newId(), assetType: 'IMAGE' };
const event = assetEvent('photos.darkroom.asset.created.v1', subject, 'v1');
const whole = { headers: toHeaders(event), body: Buffer.from(JSON.stringify(event.data)) };
const signal = new AbortController().signal;

const answer = (request: { headers: Record<string, string>; body: Buffer }, result: () => Promise<Outcome>) =>
  receive(['photos.darkroom.asset.created.v1', pingType], silentLog, result)(request, signal);
const ok = () => Promise.resolve(done);

test('a handled event is answered 204 without a body', async () => {
  expect(await answer(whole, ok)).toEqual({ status: 204, headers: {} });
});

test('a reply is a complete event in binary mode', async () => {
  const next = assetEvent('photos.darkroom.asset.described.v1', subject, 'v1');
  const reply = await answer(whole, () => Promise.resolve({ outcome: 'done', reply: next }));
  expect(reply.status).toBe(200);
  expect(reply.headers).toMatchObject({
    'ce-id': next.id,
    'ce-type': next.type,
    'ce-specversion': '1.0',
    'ce-assettype': 'image',
  });
  expect(JSON.parse(reply.body ?? '')).toEqual(next.data);
});

test.each<[string, Record<string, string>, string]>([
  ['no envelope at all', { 'content-type': 'application/json' }, '{}'],
  ['no id', { ...whole.headers, 'ce-id': '' }, whole.body.toString()],
  ['another specversion', { ...whole.headers, 'ce-specversion': '9.0' }, whole.body.toString()],
  ['an invalid time', { ...whole.headers, 'ce-time': 'nope' }, whole.body.toString()],
  ['an unknown type', { ...whole.headers, 'ce-type': 'photos.darkroom.nothing.v1' }, whole.body.toString()],
  [
    "a type of the catalogue that is another function's",
    { ...whole.headers, 'ce-type': 'photos.darkroom.asset.deleted.v1' },
    whole.body.toString(),
  ],
  ['data that is not JSON', whole.headers, '{"assetId":'],
  ['data of another schema', whole.headers, '{"assetId":"x"}'],
  ['a batch', { 'content-type': 'application/cloudevents-batch+json' }, '[]'],
])('%s is answered 400 with a problem document, which no retry repeats', async (_name, headers, body) => {
  let ran = false;
  const reply = await answer({ headers, body: Buffer.from(body) }, () => {
    ran = true;
    return ok();
  });
  expect(ran).toBe(false);
  expect(reply.status).toBe(400);
  expect(reply.headers['content-type']).toBe('application/problem+json');
  expect(JSON.parse(reply.body ?? '')).toMatchObject({ status: 400, type: 'urn:darkroom:error:event/invalid' });
});

test('a stage leased by another process is answered 409, which Knative retries', async () => {
  expect((await answer(whole, () => Promise.resolve({ outcome: 'busy' }))).status).toBe(409);
});

test.each<[ErrorCode, number]>([
  ['db/unavailable', 503],
  ['store/unavailable', 503],
  ['store/full', 503],
  ['overloaded', 429],
  ['stage/busy', 409],
  ['internal', 500],
])('%s is answered %d, which Knative retries', async (code, status) => {
  expect((await answer(whole, () => Promise.reject(new DarkroomError(code)))).status).toBe(status);
});

test('a database that refuses connections is answered 503, not 500', async () => {
  await using opened = connectPostgres({ url: 'postgres://127.0.0.1:1/nowhere' });
  const ask = async () => {
    await sql`select 1`.execute(opened.db);
    return done;
  };
  expect((await answer(whole, ask)).status).toBe(503);
});

test('an event of a PingSource needs no data', async () => {
  const headers = {
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': '1',
    'ce-source': '/ping',
    'ce-type': pingType,
  };
  expect((await answer({ headers, body: Buffer.from('{}') }, ok)).status).toBe(204);
});

test('the same fact published twice has the same id, and different facts have different ids', () => {
  expect(assetEvent('photos.darkroom.asset.created.v1', subject, 'v1').id).toBe(event.id);
  expect(assetEvent('photos.darkroom.asset.created.v1', subject, 'v2').id).not.toBe(event.id);
  expect(assetEvent('photos.darkroom.asset.deleted.v1', subject, 'v1').id).not.toBe(event.id);
});
