import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '#functions/api/generated/operations.ts';
import type { OperationRow } from '#functions/api/http/operation.ts';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
let admin: ApiClient & { userId: string };
beforeAll(async () => {
  api = await openApiApp();
  admin = await api.newUser();
  await api.db.updateTable('user').set({ isAdmin: true }).where('id', '=', admin.userId).execute();
});
afterAll(() => api[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
  admin.fetch(path, { method: 'POST', body, headers });

describe('the HTTP server', () => {
  test("answers errors as JSON in the contract's format", async () => {
    const cases: [Promise<Response>, number, RegExp][] = [
      [admin.fetch('/nowhere'), 404, /^Not found$/],
      [post('/albums', '{"albumName":'), 400, /JSON/],
      [post('/albums', 'albumName=x', { 'content-type': 'application/x-www-form-urlencoded' }), 415, /media type/],
      [post('/albums', '<x/>', { 'content-type': 'application/xml' }), 415, /media type/],
      [post('/albums', gzipSync('{}'), { ...json, 'content-encoding': 'gzip' }), 415, /as they are/],
      [post('/albums', '{}', { 'content-type': 'application/json; charset=latin1' }), 415, /UTF-8/],
      [post('/albums', Buffer.from([0x22, 0xff, 0x22])), 400, /JSON/],
      [post('/albums', `${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400, /deep|JSON|not valid/],
      [post('/albums', JSON.stringify({ albumName: 'x'.repeat(11 * 1024 * 1024) })), 413, /too large/],
      [admin.fetch('/albums?name=a%00b'), 400, /NUL/],
      [admin.fetch('/albums/%00'), 400, /NUL/],
      [admin.fetch('/albums/%zz'), 400, /./],
      [admin.fetch('/albums?name=a&name=b'), 400, /Validation/],
      [admin.fetch('/albums?apiKey=a&apiKey=b', { headers: { authorization: '' } }), 400, /once/],
    ];
    for (const [sent, status, message] of cases) {
      const response = await sent;
      const body = (await response.json()) as { message: string };
      expect({ url: response.url, status: response.status }).toEqual({ url: response.url, status });
      expect(body.message).toMatch(message);
      expect(Object.keys(body).filter((key) => key !== 'message' && key !== 'errors')).toEqual([]);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('x-correlation-id')).toMatch(/^[\w-]{1,64}$/);
    }
  });

  test("keeps a caller's correlation id only if it is well-formed", async () => {
    const send = async (id: string) =>
      (await admin.fetch('/server/ping', { headers: { 'x-correlation-id': id } })).headers.get('x-correlation-id');
    expect(await send('trace-1')).toBe('trace-1');
    expect(await send('<script>')).not.toContain('<');
    expect(await send('x'.repeat(5000))).toHaveLength(36);
  });

  test("rejects writes by pages of another origin with the visitor's cookie", async () => {
    const token = (admin.headers['authorization'] ?? '').replace('Bearer ', '');
    const send = (origin: string) =>
      fetch(`${admin.url}/api/albums`, {
        method: 'POST',
        body: '{"albumName":"x"}',
        headers: { ...json, cookie: `immich_access_token=${token}`, origin },
      });
    expect((await send('https://evil.example')).status).toBe(403);
    expect((await send('null')).status).toBe(403);
    expect((await send(`http://127.0.0.1:1`)).status).toBe(403);
    expect((await send(admin.url)).status).toBe(201);
  });

  test('answers HEAD as GET without a body, and serves the API without its prefix too', async () => {
    const head = await admin.fetch('/server/version', { method: 'HEAD' });
    expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: '' });
    expect(await (await fetch(`${admin.url}/server/version`)).json()).toEqual({
      major: 3,
      minor: 2,
      patch: 2,
      prerelease: null,
    });
    expect(await (await fetch(`${admin.url}/.well-known/immich`)).json()).toEqual({ api: { endpoint: '/api' } });
  });
});

describe('a file', () => {
  const bytes = Buffer.from('0123456789'.repeat(100));
  let id: string;
  let path: string;
  beforeAll(async () => {
    id = (await addAsset(api.db, admin.userId, { originalFileName: 'Grüße "1".svg' })).id;
    path = (await api.db.selectFrom('asset').select('originalPath').where('id', '=', id).executeTakeFirstOrThrow())
      .originalPath;
    await api.store.put(path, bytes);
  });
  const get = (headers: Record<string, string> = {}) => admin.fetch(`/assets/${id}/original`, { headers });

  test('is sent whole or in part, with validators', async () => {
    const whole = await get();
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const headers = Object.fromEntries(whole.headers);
    expect(headers).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '1000',
      'content-disposition': "inline; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.svg",
      'content-type': 'application/octet-stream',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['content-security-policy']).toContain('sandbox');
    expect(headers['cache-control']).toBe(
      'private, max-age=86400, no-transform, stale-while-revalidate=2592000, stale-if-error=2592000',
    );
    const part = await get({ range: 'bytes=5-9' });
    expect({ status: part.status, text: await part.text(), range: part.headers.get('content-range') }).toEqual({
      status: 206,
      text: '56789',
      range: 'bytes 5-9/1000',
    });
    const beyond = await get({ range: 'bytes=1000-' });
    expect({ status: beyond.status, range: beyond.headers.get('content-range') }).toEqual({
      status: 416,
      range: 'bytes */1000',
    });
    const etag = headers['etag'] ?? '';
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-none-match': `W/${etag}` })).status).toBe(304);
    expect((await get({ 'if-modified-since': headers['last-modified'] ?? '' })).status).toBe(304);
    expect((await get({ 'if-match': '"other"' })).status).toBe(412);
    expect((await get({ range: 'bytes=0-0', 'if-range': '"other"' })).status).toBe(200);
    expect((await get({ range: 'bytes=0-0', 'if-range': etag })).status).toBe(206);
    const head = await admin.fetch(`/assets/${id}/original`, { method: 'HEAD' });
    expect({ status: head.status, length: head.headers.get('content-length'), body: await head.text() }).toEqual({
      status: 200,
      length: '1000',
      body: '',
    });
  });

  test('of another user is not found, nor is a thumbnail that does not exist yet', async () => {
    const other = await api.newUser();
    expect((await other.fetch(`/assets/${id}/original`)).status).toBe(404);
    expect((await other.fetch(`/assets/${id}/thumbnail`)).status).toBe(400);
    const missing = await admin.fetch(`/assets/${id}/thumbnail`);
    expect({ status: missing.status, body: await missing.json() }).toEqual({
      status: 404,
      body: { message: 'Asset media not found' },
    });
    expect(
      (await admin.fetch(`/assets/${id}/thumbnail?size=original&c=abc`, { redirect: 'manual' })).headers.get(
        'location',
      ),
    ).toBe('original?c=abc');
    expect((await admin.fetch(`/assets/${id}/thumbnail?size=huge`)).status).toBe(400);
  });
});

/** Values that attackers send in place of a text, a number, an id or a whole body. */
const poisons: readonly unknown[] = [
  null,
  '',
  'x',
  '\u0000',
  -1,
  0,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  { length: -1 },
  'a'.repeat(5000),
  '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11',
  "'; drop table asset; --",
  '../../etc/passwd',
  '2024-02-30T00:00:00Z',
  { ids: [] },
  { ids: ['x'] },
  { ids: [null] },
  { __proto__: { isAdmin: true } },
  true,
];
const names = [
  'id',
  'ids',
  'name',
  'albumName',
  'email',
  'password',
  'assetIds',
  'permissions',
  'isFavorite',
  'dateTimeOriginal',
  'timeBucket',
  'command',
  'size',
  'page',
  'key',
  'visibility',
  'userId',
];

test('no input causes a 5xx, on any of the 276 operations', async () => {
  const wrong: string[] = [];
  const rows = Object.entries<OperationRow>(operations).filter(([id]) => !['logout', 'deleteUserAdmin'].includes(id));
  for (const [id, row] of rows) {
    for (const [n, poison] of poisons.entries()) {
      const segment = encodeURIComponent(typeof poison === 'string' && poison !== '' ? poison : String(n));
      const field = names[(n * 7) % names.length] ?? 'id';
      const query = `?${field}=${encodeURIComponent(typeof poison === 'string' ? poison : JSON.stringify(poison))}&key=`;
      const url = `/api${row.path.replaceAll(/:\w+/g, segment)}${n % 2 === 0 ? query : ''}`;
      const payload = n % 3 === 0 ? poison : Object.fromEntries(names.map((name) => [name, poison]));
      const body =
        row.method === 'GET' ? {} : { payload: JSON.stringify(payload), headers: { ...admin.headers, ...json } };
      const { statusCode } = await api.app.inject({ method: row.method, url, headers: admin.headers, ...body });
      if (statusCode >= 500 && statusCode !== 501)
        wrong.push(`${id} ${row.method} ${url.slice(0, 80)} ${JSON.stringify(poison).slice(0, 60)}: ${statusCode}`);
    }
  }
  expect(wrong).toEqual([]);
}, 120_000);

test('with an older schema, requests get a JSON 503, never 401, and a ping is answered', async () => {
  await using old = await openApiApp();
  const user = await old.newUser();
  await old.db.deleteFrom('kysely_migration' as never).execute();
  const refused = await user.fetch('/albums');
  expect({ status: refused.status, body: await refused.json() }).toEqual({
    status: 503,
    body: { message: 'The database has not been migrated yet' },
  });
  expect((await user.fetch('/server/ping')).status).toBe(200);
});

test("a malformed HTTP request gets the contract's error too", async () => {
  const { hostname, port } = new URL(admin.url);
  const socket = connect(Number(port), hostname);
  socket.write('GET /api/server/ping HTTP/1.1\r\nbroken header\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toMatch(
    /^HTTP\/1\.1 400 [\s\S]*content-type: application\/json[\s\S]*\r\n\r\n\{"message":"[^"]+"\}$/,
  );
});
