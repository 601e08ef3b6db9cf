import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { watchColdStart, type ColdStart } from './cold-start.ts';

test('a start is reported once, after the first response that is not to a health check', async () => {
  const server = createServer((_request, response) => void setTimeout(() => response.end('ok'), 20));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const starts: ColdStart[] = [];
  watchColdStart(server, { openedMs: 1 }, (it) => starts.push(it));
  const get = async (path: string) =>
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)).text();
  await get('/healthz');
  expect(starts).toEqual([]);
  await get('/api/server/ping');
  await get('/api/server/ping');
  await expect.poll(() => starts).toHaveLength(1);
  const { nodeMs, listeningMs, readyMs = 0, requestMs, answeredMs, cpuMs } = starts[0] as ColdStart;
  expect([nodeMs, listeningMs, readyMs, requestMs, answeredMs].toSorted((a, b) => a - b)).toEqual([
    nodeMs,
    listeningMs,
    readyMs,
    requestMs,
    answeredMs,
  ]);
  expect(answeredMs - requestMs).toBeGreaterThanOrEqual(15);
  expect(cpuMs).toBeGreaterThan(0);
  server.close();
  server.closeAllConnections();
});
