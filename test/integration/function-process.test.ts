import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { toHeaders } from '#shared/events/publish.ts';
import { findFreePort } from '../support/darkroom-process.ts';
import { describeWithService, sharedPostgres } from '../support/services.ts';

const root = join(import.meta.dirname, '../..');
const awayUrl = 'postgres://darkroom@127.0.0.1:1/darkroom';
const event = assetEvent(
  'photos.darkroom.asset.created.v1',
  { assetId: crypto.randomUUID(), ownerId: crypto.randomUUID(), assetType: 'IMAGE' },
  '1',
);

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

function run(target: string, env: Record<string, string>) {
  const child = spawn(process.execPath, ['functions/pod/function.ts', `--target=${target}`], {
    cwd: root,
    env: { ...process.env, DARKROOM_LOG_LEVEL: 'warn', DARKROOM_DATA: '/nonexistent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (it: string) => (output += it));
  stack.defer(() => void child.kill('SIGKILL'));
  return { child, output: () => output };
}

/** A function's process as in a pod; its MinIO is never used. */
async function serve(target: string, databaseUrl: string, status = 200) {
  const port = await findFreePort();
  const { child, output } = run(target, { PORT: String(port), DATABASE_URL: databaseUrl, DARKROOM_STORE_PATH: '/tmp' });
  const url = `http://127.0.0.1:${port}`;
  await expect.poll(() => health(url), { timeout: 20_000, message: output() }).toBe(status);
  return { url, child };
}

const health = async (url: string) => (await fetch(`${url}/healthz`).catch(() => undefined))?.status;

async function migrate(databaseUrl: string): Promise<void> {
  const { child, output } = run('migrate', { DATABASE_URL: databaseUrl });
  await once(child, 'exit');
  expect(child.exitCode, output()).toBe(0);
}
const post = (url: string) =>
  fetch(url, { method: 'POST', headers: toHeaders(event), body: JSON.stringify(event.data) });

async function end(child: ChildProcess): Promise<number | null> {
  child.kill('SIGTERM');
  await once(child, 'exit');
  return child.exitCode;
}

describe('a pod without its database', () => {
  test('of an event function is ready, answers events with a retryable error, and ends on SIGTERM', async () => {
    const { url, child } = await serve('metadata', awayUrl);
    const response = await post(url);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: 'urn:darkroom:error:db/unavailable', retry: true });
    expect(await end(child)).toBe(0);
  });

  test('of the API is ready, answers a ping, and 503 to requests that need the database', async () => {
    const { url, child } = await serve('api', awayUrl);
    expect((await fetch(`${url}/api/server/ping`)).status).toBe(200);
    const response = await fetch(`${url}/api/users/me`, { headers: { 'x-api-key': 'x' } });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toMatch(/application\/json/);
    expect(await end(child)).toBe(0);
  });

  test.each(['nothing', ''])('of the function %j does not start', async (target) => {
    const { child, output } = run(target, { DATABASE_URL: awayUrl });
    await once(child, 'exit');
    expect(child.exitCode).toBe(1);
    expect(output()).toMatch(/There is no function/);
  });
});

describe('a pod whose database does not answer', () => {
  test('is ready after a second', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    stack.defer(() => void silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { url } = await serve('metadata', `postgres://darkroom@127.0.0.1:${port}/darkroom`, 503);
    const startMs = performance.now();
    await expect.poll(() => health(url), { timeout: 5000, interval: 20 }).toBe(200);
    expect(performance.now() - startMs).toBeLessThan(3000);
  });
});

describeWithService('postgres', 'a pod with PostgreSQL', () => {
  test.each(['metadata', 'api'])('of %s is ready when the migration Job has run, and not before', async (target) => {
    const { url: databaseUrl } = await (await sharedPostgres()).createDatabase();
    const { url } = await serve(target, databaseUrl, 503);
    await expect.poll(async () => await (await fetch(`${url}/healthz`)).text()).toMatch(/not been migrated/);
    expect((await fetch(`${url}/health/liveness`)).status).toBe(200);
    await migrate(databaseUrl);
    await expect.poll(() => health(url), { timeout: 5000 }).toBe(200);
  });

  test('accepts events only after the migration Job has run', async () => {
    const { url: databaseUrl } = await (await sharedPostgres()).createDatabase();
    const { url } = await serve('metadata', databaseUrl, 503);
    const early = await post(url);
    expect(early.status).toBe(503);
    expect(await early.json()).toMatchObject({ type: 'urn:darkroom:error:db/schema-older' });
    for (let times = 0; times < 2; times++) await migrate(databaseUrl);
    expect((await post(url)).status).toBe(204);
  });

  test('is ready with a newer schema, but accepts no event', async () => {
    const { url: databaseUrl } = await (await sharedPostgres()).createDatabase();
    await migrate(databaseUrl);
    await using database = connectPostgres({ url: databaseUrl, poolSize: 1 });
    await sql`insert into kysely_migration values ('9999_future', '2999-01-01')`.execute(database.db);
    await sql`update system_metadata set value = '"9999_future"' where key = 'schema-floor'`.execute(database.db);
    const { url } = await serve('metadata', databaseUrl);
    const response = await post(url);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ type: 'urn:darkroom:error:db/schema-newer' });
  });

  test('the migration Job waits for a database that is not reachable yet', async () => {
    const { url: databaseUrl } = await (await sharedPostgres()).createDatabase();
    const port = await findFreePort();
    const { hostname, port: realPort } = new URL(databaseUrl);
    const { child, output } = run('migrate', { DATABASE_URL: databaseUrl.replace(`:${realPort}`, `:${port}`) });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(child.exitCode).toBeNull();
    const proxy = createServer((socket) => void socket.pipe(connect(Number(realPort), hostname)).pipe(socket));
    stack.defer(() => void proxy.close());
    proxy.listen(port, '127.0.0.1');
    await once(child, 'exit');
    expect(child.exitCode, output()).toBe(0);
  });
});
