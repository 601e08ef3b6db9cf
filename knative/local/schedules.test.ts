import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSchedules, type Schedules } from './schedules.ts';

const spec = {
  name: 'nightly',
  cron: '17 3 * * *',
  timeZone: 'UTC',
  contentType: 'application/json',
  data: '{}',
  extensions: { schedule: 'nightly' },
};
const dayMs = 86_400_000;
let stack: AsyncDisposableStack;
let folder: string;
let sink: string;
let ticks: IncomingHttpHeaders[];
let status: number;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'darkroom-schedules-'));
  stack.defer(() => rm(folder, { recursive: true }));
  ticks = [];
  status = 202;
  const server = createServer((request, response) => {
    ticks.push(request.headers);
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not on a port');
  sink = `http://127.0.0.1:${address.port}/`;
});
afterEach(() => stack.disposeAsync());

const file = () => join(folder, 'schedules.json');
async function start(specs = [spec]): Promise<{ schedules: Schedules; errors: unknown[] }> {
  const errors: unknown[] = [];
  const schedules = await startSchedules({ specs, file: file(), sink, onError: (error) => errors.push(error) });
  stack.defer(() => schedules.stop());
  return { schedules, errors };
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 200));

test('the first start sends no tick and schedules the first one', async () => {
  const { schedules } = await start();
  await settle();
  expect(ticks).toEqual([]);
  const dueMs = schedules.nextAtMs() ?? 0;
  expect(dueMs).toBeGreaterThan(Date.now());
  expect(dueMs).toBeLessThanOrEqual(Date.now() + dayMs);
  expect(new Date(dueMs).toISOString()).toMatch(/T03:17:00/);
});

test('many missed ticks are sent as one, once', async () => {
  await writeFile(file(), JSON.stringify({ nightly: Date.now() - 5 * dayMs }));
  const { schedules } = await start();
  await expect.poll(() => ticks.length).toBe(1);
  expect(ticks[0]).toMatchObject({
    'ce-type': 'dev.knative.sources.ping',
    'ce-specversion': '1.0',
    'ce-schedule': 'nightly',
  });
  expect(ticks[0]?.['ce-source']).toContain('pingsources/nightly');
  await expect.poll(() => schedules.nextAtMs()).toBeGreaterThan(Date.now());
  schedules.stop();
  await start();
  await settle();
  expect(ticks).toHaveLength(1);
});

test('a tick that the broker does not accept is due again at the next start', async () => {
  await writeFile(file(), JSON.stringify({ nightly: Date.now() - 2 * dayMs }));
  status = 503;
  const { errors, schedules } = await start();
  await expect.poll(() => errors.length).toBe(1);
  schedules.stop();
  status = 202;
  await start();
  await expect.poll(() => ticks.length).toBe(2);
  expect(ticks[1]?.['ce-id']).toBe(ticks[0]?.['ce-id']);
});

test('a broken file is replaced', async () => {
  await writeFile(file(), '{"nightly":');
  await start();
  await settle();
  expect(ticks).toEqual([]);
  expect(JSON.parse(await readFile(file(), 'utf8'))).toHaveProperty('nightly');
});

test('without schedules nothing is ever due', async () => {
  expect((await start([])).schedules.nextAtMs()).toBeUndefined();
});
