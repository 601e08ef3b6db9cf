import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { apiKey, callerOf, type Caller } from '#test/support/caller.ts';

interface Key {
  id: string;
  name: string;
  permissions: string[];
  createdAt: string;
  updatedAt: string;
}
type NewKey = Key & { secret: string; apiKey: Key };

const iso = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const missing = '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11';
const notFound = { status: 400, body: { message: 'API Key not found' } };

let api: ApiApp;
let user: Caller;
let stranger: Caller;
beforeAll(async () => {
  api = await openApiApp();
  user = callerOf(api.app, (await api.newUser()).headers);
  stranger = callerOf(api.app, (await api.newUser()).headers);
});
afterAll(() => api[Symbol.asyncDispose]());

const create = async (permissions: string[], by = user, name?: string) =>
  by<NewKey>('POST', '/api-keys', { permissions, name });

test('the response for a new key has its secret, flat and nested, and the key works', async () => {
  const { status, body } = await create(['user.read'], user, 'phone');
  expect(status).toBe(201);
  const key = { id: body.id, name: 'phone', permissions: ['user.read'], createdAt: iso, updatedAt: iso };
  expect(body).toEqual({ ...key, secret: expect.stringMatching(/^[\w-]{43}$/), apiKey: key });
  expect((await user('GET', `/api-keys/${body.id}`)).body).toEqual(key);
  expect((await user<Key[]>('GET', '/api-keys')).body).toContainEqual(key);
  const byKey = callerOf(api.app, apiKey(body.secret));
  expect((await byKey('GET', '/users/me')).status).toBe(200);
  expect((await byKey('GET', '/api-keys/me')).body).toEqual(key);
  expect((await callerOf(api.app)('GET', `/users/me?apiKey=${body.secret}`)).status).toBe(200);
  expect((await create(['all'], user, '')).body.name).toBe('API Key');
});

test('a key can call only the operations of its permissions', async () => {
  const byKey = callerOf(api.app, apiKey((await create(['user.read'])).body.secret));
  const lacking = (permission: string) => ({
    status: 403,
    body: { message: `Missing required permission: ${permission}` },
  });
  expect(await byKey('PUT', '/users/me', { name: 'x' })).toMatchObject(lacking('user.update'));
  expect(await byKey('GET', '/api-keys')).toMatchObject(lacking('apiKey.read'));
  expect(await byKey('POST', '/auth/logout')).toMatchObject(lacking('all'));
  expect(await byKey('POST', '/auth/validateToken')).toMatchObject({ status: 200, body: { authStatus: true } });
});

test('a key with all permissions cannot call operations for sessions or administrators', async () => {
  const byKey = callerOf(api.app, apiKey((await create(['all'])).body.secret));
  const onlySessions = { status: 400, body: { message: 'This endpoint can only be used with a session token' } };
  expect(await byKey('POST', '/sessions', {})).toMatchObject(onlySessions);
  expect(await byKey('POST', '/auth/session/lock')).toMatchObject(onlySessions);
  expect(await byKey('POST', '/auth/session/unlock', { pinCode: '123456' })).toMatchObject(onlySessions);
  expect(await byKey('GET', '/admin/users')).toMatchObject({ status: 403, body: { message: 'Forbidden' } });
});

test('a key cannot grant, change or rotate permissions that it does not have', async () => {
  const all = (await create(['all'])).body;
  const limited = ['apiKey.create', 'apiKey.update', 'apiKey.rotate', 'asset.read'];
  const byKey = callerOf(api.app, apiKey((await create(limited)).body.secret));
  const refused = { status: 400, body: { message: 'Cannot grant permissions you do not have' } };
  expect((await create(['asset.read'], byKey)).status).toBe(201);
  expect(await create(['asset.read', 'asset.delete'], byKey)).toMatchObject(refused);
  expect(await create(['all'], byKey)).toMatchObject(refused);
  expect(await byKey('PUT', `/api-keys/${all.id}`, { permissions: ['all'] })).toMatchObject(refused);
  expect((await byKey('PUT', `/api-keys/${all.id}`, { name: 'renamed' })).status).toBe(200);
  expect(await byKey('POST', `/api-keys/${all.id}/rotate`)).toMatchObject({
    status: 400,
    body: { message: 'Cannot rotate an API Key with permissions you do not have' },
  });
  expect((await callerOf(api.app, apiKey(all.secret))('GET', '/users/me')).status).toBe(200);
});

test('GET /api-keys/me is for keys only', async () => {
  expect(await user('GET', '/api-keys/me')).toMatchObject({
    status: 403,
    body: { message: 'Not authenticated with an API Key' },
  });
});

test('a rotated key keeps its id and loses its old secret at once', async () => {
  const { id, secret } = (await create(['all'], user, 'old')).body;
  const rotated = await user<NewKey>('POST', `/api-keys/${id}/rotate`);
  expect(rotated).toMatchObject({ status: 201, body: { id, name: 'old', permissions: ['all'], apiKey: { id } } });
  expect(await callerOf(api.app, apiKey(secret))('GET', '/users/me')).toMatchObject({
    status: 401,
    body: { message: 'Invalid API key' },
  });
  expect((await callerOf(api.app, apiKey(rotated.body.secret))('GET', '/users/me')).status).toBe(200);
});

test('a key is changed by PUT and PATCH and gone after DELETE', async () => {
  const { id, secret } = (await create(['all'])).body;
  const path = `/api-keys/${id}`;
  expect((await user('PUT', path, { name: 'new', permissions: ['user.read'] })).body).toMatchObject({
    name: 'new',
    permissions: ['user.read'],
  });
  expect((await user('PATCH', path, { name: 'newer' })).body).toMatchObject({
    name: 'newer',
    permissions: ['user.read'],
  });
  expect((await user('PUT', path, {})).status).toBe(200);
  expect((await user('DELETE', path)).status).toBe(204);
  expect((await callerOf(api.app, apiKey(secret))('GET', '/users/me')).status).toBe(401);
  expect(await user('DELETE', path)).toMatchObject(notFound);
});

test('the keys of other users are not found', async () => {
  const { id, secret } = (await create(['all'])).body;
  for (const path of [`/api-keys/${id}`, `/api-keys/${missing}`]) {
    expect(await stranger('GET', path)).toMatchObject(notFound);
    expect(await stranger('PUT', path, { name: 'mine' })).toMatchObject(notFound);
    expect(await stranger('DELETE', path)).toMatchObject(notFound);
    expect(await stranger('POST', `${path}/rotate`)).toMatchObject(notFound);
  }
  expect((await stranger<Key[]>('GET', '/api-keys')).body).toEqual([]);
  expect((await callerOf(api.app, apiKey(secret))('GET', '/users/me')).status).toBe(200);
});

test.each([
  {},
  { permissions: [] },
  { permissions: ['asset.fly'] },
  { permissions: 'all' },
  { permissions: ['all'], name: 7 },
  { permissions: ['all'], name: 'a\0b' },
])('a key cannot be created from %j', async (body) => {
  expect((await user('POST', '/api-keys', body)).status).toBe(400);
});

test.each([
  ['x-api-key', 'wrong', 'Invalid API key'],
  ['x-api-key', 'é\u0000', 'Invalid API key'],
  ['authorization', 'Bearer wrong', 'Invalid user token'],
  ['x-immich-user-token', 'wrong', 'Invalid user token'],
])('%s: %s is a 401', async (name, value, message) => {
  expect(await callerOf(api.app, { [name]: value })('GET', '/users/me')).toMatchObject({
    status: 401,
    body: { message },
  });
});
