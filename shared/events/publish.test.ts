import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP } from 'cloudevents';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#shared/ids/ids.ts';
import { assetEvent } from './new-event.ts';
import { createPublish } from './publish.ts';

interface Received {
  headers: IncomingMessage['headers'];
  body: string;
}

async function sink(status: (n: number) => number): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status(received.length)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received };
}

const newEvent = () =>
  assetEvent('photos.darkroom.asset.created.v1', { assetId: newId(), ownerId: newId(), assetType: 'VIDEO' }, '1');

test('a sent event is parsed by the CloudEvents SDK, with its extension', async () => {
  const { url, received } = await sink(() => 202);
  const event = newEvent();
  await createPublish({ sink: url })([event]);
  const parsed = HTTP.toEvent<{ assetId: string }>({ headers: received[0]?.headers ?? {}, body: received[0]?.body });
  expect(parsed).toMatchObject({
    id: event.id,
    type: event.type,
    subject: event.subject,
    assettype: 'video',
    data: event.data,
  });
});

test('an answer of 503 is event/not-accepted', async () => {
  const { url } = await sink(() => 503);
  await expect(createPublish({ sink: url })([newEvent()])).rejects.toMatchObject({ code: 'event/not-accepted' });
});

test('an unreachable broker or a redirect is event/not-accepted', async () => {
  await expect(createPublish({ sink: 'http://127.0.0.1:9/' })([newEvent()])).rejects.toMatchObject({
    code: 'event/not-accepted',
  });
  const { url } = await sink(() => 307);
  await expect(createPublish({ sink: url })([newEvent()])).rejects.toMatchObject({ code: 'event/not-accepted' });
});

test('many events are sent with limited concurrency, each once', async () => {
  const { url, received } = await sink(() => 202);
  const events = Array.from({ length: 50 }, newEvent);
  await createPublish({ sink: url, concurrency: 4 })(events);
  expect(received).toHaveLength(50);
  expect(new Set(received.map((it) => it.headers['ce-id']))).toEqual(new Set(events.map((it) => it.id)));
});

test('sending stops at the first event that is not accepted, and accepted events are reported', async () => {
  const { url, received } = await sink((n) => (n === 5 ? 503 : 202));
  const events = Array.from({ length: 50 }, newEvent);
  const accepted: string[] = [];
  const sending = createPublish({ sink: url, concurrency: 4 })(events, { onAccepted: (it) => accepted.push(it.id) });
  await expect(sending).rejects.toMatchObject({ code: 'event/not-accepted' });
  const countThen = received.length;
  expect(countThen).toBeLessThan(10);
  expect(accepted).toHaveLength(countThen - 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(received).toHaveLength(countThen);
});
