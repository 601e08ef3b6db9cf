import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import type { ApiClient } from '#test/support/api-client.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
let user: ApiClient & { userId: string };
const logged: Record<string, unknown>[] = [];
beforeAll(async () => {
  const log = pino(
    { level: 'debug' },
    { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  api = await openApiApp({ log });
  user = await api.newUser();
});
afterAll(() => api[Symbol.asyncDispose]());

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(await api.listen());
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

const headOf = (path: string, headers: Record<string, string | number>) =>
  [
    `POST /api${path} HTTP/1.1`,
    'host: darkroom',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
    .map((line) => `${line}\r\n`)
    .join('') + '\r\n';

describe('a client that writes its whole body before it reads', () => {
  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'multipart/form-data; boundary=x' };
  test.each([
    ['a body that is too large', '/albums', json, true, /^HTTP\/1.1 413/],
    ['a body without credentials', '/albums', json, false, /^HTTP\/1.1 401/],
    ['a body of another type', '/albums', { 'content-type': 'text/xml' }, true, /^HTTP\/1.1 415/],
    ['an upload without credentials', '/assets', form, false, /^HTTP\/1.1 401/],
    ['an upload that is not a form', '/assets', form, true, /^HTTP\/1.1 400/],
  ])('receives the response to %s', async (_what, path, type, isKnown, answer) => {
    const body = Buffer.alloc(12 * 1024 * 1024, 'x');
    for (const connection of ['keep-alive', 'close']) {
      const socket = await open();
      const errors: Error[] = [];
      socket.on('error', (error) => errors.push(error));
      const credentials = isKnown ? user.headers : {};
      socket.write(headOf(path, { ...type, ...credentials, connection, 'content-length': body.length }));
      for (let sent = 0; sent < body.length; sent += 1024 * 1024) {
        // The response is under way while the client still writes.
        await wait(5);
        const slice = body.subarray(sent, sent + 1024 * 1024);
        await new Promise<void>((resolve) => socket.write(slice, () => resolve()));
      }
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      expect({ connection, text: chunk.toString(), errors }).toEqual({
        connection,
        text: expect.stringMatching(answer),
        errors: [],
      });
      socket.destroy();
    }
  });
});

describe('a client that disconnects', () => {
  test.each([
    ['in the middle of JSON', '/albums', { 'content-type': 'application/json' }],
    ['in the middle of an upload', '/assets', { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('%s is logged at debug level and not as a failure of ours', async (_what, path, type) => {
    logged.length = 0;
    const socket = await open();
    socket.write(headOf(path, { ...type, ...user.headers, 'content-length': 1000 }));
    socket.write(
      path === '/assets'
        ? '--x\r\ncontent-disposition: form-data; name="assetData"; filename="a.jpg"\r\n\r\nabc'
        : '{"a',
    );
    await wait(200);
    socket.resetAndDestroy();
    await expect.poll(() => logged.map((line) => line['msg'])).toContain('client disconnected');
    expect(logged.filter((line) => Number(line['level']) >= 40)).toEqual([]);
    expect(JSON.stringify(logged)).not.toContain('db/unavailable');
  });
});

describe('a JSON response', () => {
  const fetchRaw = async (path: string, acceptEncoding: string) => {
    const socket = await open();
    socket.write(
      `GET /api${path} HTTP/1.1\r\nhost: darkroom\r\nconnection: close\r\nauthorization: ${user.headers['authorization']}\r\naccept-encoding: ${acceptEncoding}\r\n\r\n`,
    );
    const bytes = Buffer.concat((await Array.fromAsync(socket)) as Buffer[]);
    const end = bytes.indexOf('\r\n\r\n');
    return { head: bytes.subarray(0, end).toString().toLowerCase(), body: bytes.subarray(end + 4) };
  };
  const month = '/timeline/bucket?timeBucket=2024-05-01';
  beforeAll(async () => {
    for (let n = 0; n < 20; n += 1) await addAsset(api.db, user.userId);
  });

  test.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br;q=1.0, gzip;q=0.8, *;q=0.1', brotliDecompressSync],
    ['gzip', 'gzip;q=1.0, br;q=0.5', gunzipSync],
  ])('over a kilobyte is sent as %s to a client that accepts %s', async (encoding, accepted, unpack) => {
    const plain = await fetchRaw(month, 'identity');
    const { head, body } = await fetchRaw(month, accepted);
    expect(head).toContain(`\r\ncontent-encoding: ${encoding}`);
    expect(head).toContain(`\r\ncontent-length: ${body.length}`);
    expect(head).toContain('\r\nvary: accept-encoding');
    expect(body.length).toBeLessThan(plain.body.length / 2);
    expect(unpack(body).equals(plain.body)).toBe(true);
  });

  test('is not compressed for a client that accepts no compression, nor if it is small or a file', async () => {
    expect((await fetchRaw(month, 'identity')).head).not.toContain('content-encoding');
    expect((await fetchRaw(month, 'br;q=0, gzip;q=0')).head).not.toContain('content-encoding');
    expect((await fetchRaw('/server/version', 'br')).head).not.toContain('content-encoding');
    const { id } = await addAsset(api.db, user.userId);
    const { originalPath } = await api.db
      .selectFrom('asset')
      .select('originalPath')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await api.store.put(originalPath, Buffer.alloc(5000));
    const file = await fetchRaw(`/assets/${id}/original`, 'br, gzip');
    expect(file.head).not.toContain('content-encoding');
    expect(file.body).toHaveLength(5000);
  });
});
