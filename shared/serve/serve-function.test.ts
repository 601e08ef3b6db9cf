import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { toHeaders } from '#shared/events/publish.ts';
import { done, receive, type EventHandler } from '#shared/events/receive.ts';
import { silentLog } from '#shared/log/log.ts';
import type { BootServer } from './boot-server.ts';
import { serveFunction } from './serve-function.ts';

const subject = { assetId: crypto.randomUUID(), ownerId: crypto.randomUUID(), assetType: 'IMAGE' };
const event = assetEvent('photos.darkroom.asset.created.v1', subject, '1');
const received: DarkroomEvent[] = [];

const take = receive(['photos.darkroom.asset.created.v1'], silentLog, (it) => {
  received.push(it);
  return Promise.resolve({ ...done, reply: assetEvent('photos.darkroom.asset.described.v1', subject, '1') });
});

async function serve(name: string, handler: EventHandler): Promise<{ boot: BootServer; url: string }> {
  const boot = await serveFunction(name, handler, { port: 0, host: '127.0.0.1' });
  const address = boot.server.address();
  if (address === null || typeof address === 'string') throw new Error('not on a port');
  return { boot, url: `http://127.0.0.1:${address.port}` };
}

describe('a served function', () => {
  let boot: BootServer;
  let url: string;
  beforeAll(async () => ({ boot, url } = await serve('take', take)));
  afterAll(() => boot[Symbol.asyncDispose]());

  const post = (headers: Record<string, string>, body: string) => fetch(url, { method: 'POST', headers, body });

  test('accepts an event and answers with a complete reply event', async () => {
    const response = await post(toHeaders(event), JSON.stringify(event.data));
    expect(response.status).toBe(200);
    expect(response.headers.get('ce-type')).toBe('photos.darkroom.asset.described.v1');
    expect(await response.json()).toEqual({ assetId: subject.assetId, ownerId: subject.ownerId });
    expect(received.at(-1)?.subject).toBe(subject.assetId);
  });

  test('accepts an event in structured mode', async () => {
    const { data, ...attributes } = event;
    const body = JSON.stringify({ specversion: '1.0', datacontenttype: 'application/json', ...attributes, data });
    const response = await post({ 'content-type': 'application/cloudevents+json' }, body);
    expect(response.status).toBe(200);
  });

  test.each([
    ['invalid JSON', { ...toHeaders(event) }, '{'],
    ['no id', { ...toHeaders(event), 'ce-id': '' }, '{}'],
    ['a batch', { 'content-type': 'application/cloudevents-batch+json' }, '[]'],
    ['invalid structured JSON', { 'content-type': 'application/cloudevents+json' }, '{"specversion":'],
    ['a text', { 'content-type': 'text/plain' }, 'hello'],
    ['an unknown charset', { ...toHeaders(event), 'content-type': 'application/json; charset=nope' }, '{}'],
  ])('answers 400 with a problem document to %s', async (_, headers, body) => {
    const response = await post(headers, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ type: 'urn:darkroom:error:event/invalid', retry: false });
  });

  test('refuses a body of more than 1 MiB, announced or not', async () => {
    expect((await post(toHeaders(event), ' '.repeat(1_048_577))).status).toBe(413);
    const request = httpRequest(url, { method: 'POST', headers: toHeaders(event) });
    request.on('error', () => {});
    request.write(' '.repeat(600_000));
    request.end(' '.repeat(600_000));
    const [response] = (await once(request, 'response')) as [{ statusCode: number }];
    expect(response.statusCode).toBe(413);
  });

  test.each(['/healthz', '/health/liveness', '/health/readiness'])('is healthy at %s', async (path) => {
    expect((await fetch(url + path)).status).toBe(200);
  });

  test.each(['/favicon.ico', '/robots.txt'])('has no %s', async (path) => {
    expect((await fetch(url + path)).status).toBe(404);
  });

  test('answers a request for an upgrade like any other', async () => {
    const request = httpRequest(url, { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(400);
    response.resume();
  });

  test('answers 400 with a problem document to malformed HTTP', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('hello\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(text).toContain('application/problem+json');
  });
});

test('a handler that throws is answered 500 with a problem document, and the process stays alive', async () => {
  const { boot, url } = await serve('throws', () => Promise.reject(new Error('oh')));
  await using _ = boot;
  const response = await fetch(url, { method: 'POST', body: '{}' });
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ type: 'urn:darkroom:error:internal' });
});

test('a client that disconnects aborts the handler', async () => {
  const aborted = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const { boot, url } = await serve('slow', async (_request, signal) => {
    signal.addEventListener('abort', () => aborted.resolve());
    started.resolve();
    await aborted.promise;
    return { status: 204, headers: {} };
  });
  await using _ = boot;
  const abort = new AbortController();
  const answer = fetch(url, { method: 'POST', body: '{}', signal: abort.signal });
  await started.promise;
  abort.abort();
  await expect(answer).rejects.toThrow();
  await aborted.promise;
});

test('draining waits for the running request and accepts no further connection', async () => {
  const started = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const { boot, url } = await serve('drained', async () => {
    started.resolve();
    await go.promise;
    return { status: 204, headers: {} };
  });
  const answer = fetch(url, { method: 'POST', body: '{}' });
  await started.promise;
  const drained = boot.drain(10_000);
  await expect(fetch(url, { method: 'POST', body: '{}' })).rejects.toThrow();
  expect(boot.inFlight).toBe(1);
  go.resolve();
  expect((await answer).status).toBe(204);
  await drained;
  expect(boot.inFlight).toBe(0);
});

test('draining closes connections whose request takes longer than the grace period', async () => {
  const started = Promise.withResolvers<void>();
  const { boot, url } = await serve('stuck', () => {
    started.resolve();
    return new Promise(() => {});
  });
  const answer = fetch(url, { method: 'POST', body: '{}' });
  await started.promise;
  await Promise.all([boot.drain(50), expect(answer).rejects.toThrow()]);
});
