import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventType } from '#shared/events/catalogue.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { toHeaders } from '#shared/events/publish.ts';
import { openApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';
import { findFreePort } from '#test/support/service-process.ts';

const program = join(import.meta.dirname, '../../docs/samples/subscriber/server.mjs');

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function start(env: Record<string, string> = {}) {
  const port = await findFreePort();
  const child = spawn(process.execPath, [program], { env: { PORT: String(port), ...env }, stdio: 'ignore' });
  stack.defer(() => void child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  const isUp = async () => (await fetch(`${url}/healthz`).catch(() => undefined))?.ok;
  await expect.poll(isUp, { timeout: 20_000 }).toBe(true);
  const send = async (headers: Record<string, string>, body: string) =>
    (await fetch(url, { method: 'POST', headers, body })).status;
  return {
    child,
    send,
    tell: (event: ReturnType<typeof rendered>) => send(toHeaders(event), JSON.stringify(event.data)),
    heard: async () => (await (await fetch(url)).json()) as Record<string, unknown>[],
  };
}

function rendered(
  assetId: string,
  type: EventType & `${string}.asset.${string}` = 'photos.darkroom.asset.rendered.v1',
) {
  return assetEvent(type, { assetId, ownerId: crypto.randomUUID(), assetType: 'IMAGE' }, '1');
}

test('the sample handles each photo once, however often the event is delivered', async () => {
  const { tell, heard } = await start();
  const assetId = crypto.randomUUID();
  const event = rendered(assetId);
  expect([await tell(event), await tell(event)]).toEqual([204, 204]);
  expect(await heard()).toMatchObject([{ id: event.id, assetId }]);
});

test('it acknowledges other events, and rejects requests that are not events permanently', async () => {
  const { tell, send, heard } = await start();
  const event = rendered(crypto.randomUUID());
  expect(await tell(rendered(crypto.randomUUID(), 'photos.darkroom.asset.created.v1'))).toBe(204);
  expect(await send(toHeaders(event), '{"assetId":')).toBe(400);
  expect(await send(toHeaders(event), '{}')).toBe(400);
  expect(await send({ 'content-type': 'application/json' }, '{}')).toBe(400);
  expect(await send(toHeaders(event), ' '.repeat(70_000))).toBe(400);
  expect(await heard()).toEqual([]);
});

test('it asks Darkroom for more details, and answers with a retryable error while Darkroom is unreachable', async () => {
  await using api = await openApiApp();
  const user = await api.newUser();
  const { id } = await addAsset(api.db, user.userId, { originalFileName: 'Übung.jpg' });
  const event = rendered(id);
  const DARKROOM_API_KEY = await makeApiKey(user);
  const away = await start({ DARKROOM_URL: 'http://127.0.0.1:1', DARKROOM_API_KEY });
  expect(await away.tell(event)).toBe(503);
  expect(await away.heard()).toEqual([]);
  const { tell, heard } = await start({ DARKROOM_URL: await api.listen(), DARKROOM_API_KEY });
  expect(await tell(event)).toBe(204);
  expect(await tell(rendered(crypto.randomUUID()))).toBe(204);
  expect(await heard()).toMatchObject([{ assetId: id, originalFileName: 'Übung.jpg' }]);
});

test('it ends on SIGTERM', async () => {
  const { child } = await start();
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

async function makeApiKey(user: { fetch: (path: string, init?: RequestInit) => Promise<Response> }): Promise<string> {
  const answer = await user.fetch('/api-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'subscriber', permissions: ['asset.read'] }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { secret: string }).secret;
}
