import { afterEach, describe, expect, test } from 'vitest';
import { silentLog } from '#shared/log/log.ts';
import { createBootServer } from '#shared/serve/boot-server.ts';
import { startBroker, type Broker } from './broker.ts';
import type { TriggerSpec } from './topology.ts';

const trigger: TriggerSpec = {
  name: 'all',
  filter: { type: 'test' },
  subscriber: 'taker',
  delivery: { retry: 3, backoffPolicy: 'exponential', backoffDelayMs: 60_000 },
};
const headers = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-type': 'test',
  'ce-source': '/test',
  'ce-id': '1',
};

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function bench(answer: () => Promise<[number, Record<string, string>?]>) {
  const open = new Set<string>();
  const taker = stack.use(
    createBootServer((_request, response) => {
      void answer().then(([status, replyHeaders]) => response.writeHead(status, replyHeaders).end());
    }),
  );
  const port = await taker.listen({ port: 0, host: '127.0.0.1' });
  const broker = stack.use(
    await startBroker({
      triggers: [trigger],
      log: silentLog,
      locate: () => Promise.resolve({ url: `http://127.0.0.1:${port}` }),
      concurrencyOf: () => 10,
      begin: () => {
        const token = crypto.randomUUID();
        open.add(token);
        return () => open.delete(token);
      },
    }),
  );
  return { broker, open };
}

const post = (broker: Broker) => fetch(broker.url, { method: 'POST', headers, body: '{}' });

describe('the local broker', () => {
  test('counts events under way until they have ended', async () => {
    const go = Promise.withResolvers<[number]>();
    const { broker, open } = await bench(() => go.promise);
    expect(broker.underway).toBe(0);
    await post(broker);
    await expect.poll(() => broker.underway).toBe(1);
    expect(open.size).toBe(1);
    go.resolve([204]);
    await expect.poll(() => broker.underway).toBe(0);
    expect(open.size).toBe(0);
  });

  test('counts events that wait for a retry as under way', async () => {
    let attempts = 0;
    const { broker } = await bench(() => Promise.resolve([++attempts && 503]));
    await post(broker);
    await expect.poll(() => attempts).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(broker.underway).toBe(1);
    expect(attempts).toBe(1);
  });

  test('draining waits for attempts under way and drops events that wait for a retry', async () => {
    const go = Promise.withResolvers<[number]>();
    let attempts = 0;
    const { broker } = await bench(() => (++attempts === 1 ? Promise.resolve([503]) : go.promise));
    await post(broker);
    await expect.poll(() => attempts).toBe(1);
    await post(broker);
    await expect.poll(() => attempts).toBe(2);
    let isDrained = false;
    const drained = broker.drain(10_000).then(() => (isDrained = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isDrained).toBe(false);
    go.resolve([204]);
    await drained;
    await expect.poll(() => broker.underway).toBe(0);
    await expect(post(broker)).rejects.toThrow();
  });

  test('an endless chain of replies ends', async () => {
    let attempts = 0;
    const { broker } = await bench(() => {
      attempts += 1;
      return Promise.resolve([200, { ...headers, 'ce-id': String(attempts) }]);
    });
    await post(broker);
    await expect.poll(() => broker.underway, { timeout: 10_000 }).toBe(0);
    expect(attempts).toBe(255);
  });

  test('rejects requests that do not have its secret path', async () => {
    const { broker } = await bench(() => Promise.resolve([204]));
    const { origin } = new URL(broker.url);
    expect((await fetch(origin, { method: 'POST', headers, body: '{}' })).status).toBe(404);
    expect((await fetch(broker.url)).status).toBe(400);
  });
});
