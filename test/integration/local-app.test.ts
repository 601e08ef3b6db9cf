import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectPGlite } from '#shared/db/connect-pglite.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { isRunning, startDarkroom, type DarkroomProcess, type StartOptions } from '../support/darkroom-process.ts';

let stack: AsyncDisposableStack;
let dataFolder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  dataFolder = await mkdtemp(join(tmpdir(), 'darkroom-app-'));
  stack.defer(() => rm(dataFolder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

async function start(options: Partial<StartOptions> = {}): Promise<DarkroomProcess> {
  const darkroom = await startDarkroom({ dataFolder, ...options });
  stack.defer(async () => {
    if (isRunning(darkroom.pid)) await darkroom.killAll();
  });
  return darkroom;
}

/** Uses a new connection: an earlier one may have been closed with the app. */
async function ping({ url }: DarkroomProcess): Promise<number | undefined> {
  const request = get(`${url}/api/server/ping`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}
const sleeps = (darkroom: DarkroomProcess) =>
  expect.poll(() => darkroom.listPids(), { timeout: 20_000 }).toEqual([darkroom.pid]);

describe('npm start', () => {
  test('prints its address, the data folder and how to sign up', async () => {
    const darkroom = await start();
    expect(darkroom.output()).toContain(`http://localhost:${new URL(darkroom.url).port}`);
    expect(darkroom.output()).toContain(dataFolder);
    expect(darkroom.output()).toContain('/api/auth/admin-sign-up');
  });

  test('sleeps without requests, and wakes for a request', async () => {
    const darkroom = await start({ env: { DARKROOM_IDLE_SECONDS: '0.5' } });
    await sleeps(darkroom);
    expect(await Promise.all(Array.from({ length: 20 }, () => ping(darkroom)))).toEqual(Array(20).fill(200));
    await sleeps(darkroom);
  });

  test('a signal ends all processes, with clients connected', async () => {
    const darkroom = await start();
    expect(await ping(darkroom)).toBe(200);
    const pids = await darkroom.listPids();
    expect(pids.length).toBeGreaterThan(1);
    expect(await darkroom.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  test('a second start with the same data fails, and the first continues', async () => {
    const first = await start();
    const second = await start({ waitForPing: false });
    await expect.poll(() => isRunning(second.pid), { timeout: 20_000 }).toBe(false);
    expect(second.output()).toMatch(/is in use by another process \(data\/locked\)/);
    expect(await ping(first)).toBe(200);
  });

  test('after a kill the next start succeeds at once', async () => {
    const first = await start();
    const pids = await first.listPids();
    await first.kill();
    const second = await start();
    expect(await ping(second)).toBe(200);
    await expect.poll(() => pids.filter(isRunning), { timeout: 10_000 }).toEqual([]);
  });

  test('a killed app is restarted for the next request', async () => {
    const darkroom = await start();
    const [, app = 0] = await darkroom.listPids();
    process.kill(app, 'SIGKILL');
    expect(await ping(darkroom)).toBe(200);
    expect(await darkroom.listPids()).not.toContain(app);
  });

  test('a database of a newer version is not changed, and requests get the error', async () => {
    const open = await connectPGlite(join(dataFolder, 'db'));
    await migrateToLatest(open.db);
    await sql`insert into kysely_migration (name, timestamp) values ('9999_future', '2100-01-01')`.execute(open.db);
    await sql`update system_metadata set value = '"9999_future"' where key = 'schema-floor'`.execute(open.db);
    await open[Symbol.asyncDispose]();
    const darkroom = await start({ waitForPing: false });
    await expect.poll(() => darkroom.output(), { timeout: 20_000 }).toContain('9999_future');
    const response = await fetch(`${darkroom.url}/api/server/ping`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('9999_future') as string });
  });

  test('a missed nightly schedule runs at the next start', async () => {
    const file = join(dataFolder, 'schedules.json');
    const nights = 3 * 86_400_000;
    await writeFile(file, JSON.stringify({ 'darkroom-nightly': Date.now() - nights }));
    const startedAt = Date.now();
    const darkroom = await start({ env: { DARKROOM_IDLE_SECONDS: '0.5' } });
    const lastTick = async () =>
      (JSON.parse(await readFile(file, 'utf8')) as Record<string, number>)['darkroom-nightly'];
    await expect.poll(lastTick, { timeout: 10_000 }).toBeGreaterThanOrEqual(startedAt);
    await sleeps(darkroom);
    expect(darkroom.output()).not.toMatch(/"level":[45]0/);
  });

  test('a wrong setting is reported, and nothing starts', async () => {
    const darkroom = await start({ waitForPing: false, env: { DARKROOM_QUEUE_CAP: 'many' } });
    await expect.poll(() => isRunning(darkroom.pid), { timeout: 20_000 }).toBe(false);
    expect(darkroom.output()).toMatch(/DARKROOM_QUEUE_CAP/);
  });
});
