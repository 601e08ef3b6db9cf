import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
type User = ApiClient & { userId: string };
let [ada, ben, eve]: User[] = [];
beforeAll(async () => {
  api = await openApiApp();
  [ada, ben, eve] = [await api.newUser(), await api.newUser(), await api.newUser()];
});
afterAll(() => api[Symbol.asyncDispose]());

interface Album {
  id: string;
  albumName: string;
  assetCount: number;
  albumThumbnailAssetId: string | null;
  shared: boolean;
  startDate?: string;
  endDate?: string;
  albumUsers: { role: string; user: { id: string } }[];
  contributorCounts: { userId: string; assetCount: number }[];
}

const user = (of: User | undefined): User => {
  if (of === undefined) throw new Error('made by beforeAll');
  return of;
};
const photo = async (of: User, iso = '2024-05-06T07:08:09.123Z') =>
  (await addAsset(api.db, of.userId, { localDateTime: new Date(iso), fileCreatedAt: new Date(iso) })).id;
const statusOf = async (of: User, method: string, path: string, body: unknown = {}) =>
  (await of.fetch(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }))
    .status;

test('an album has the dates, the count and the thumbnail of what can be seen in it', async () => {
  const [first, second, third] = [
    await photo(user(ada), '2020-01-01T00:00:00Z'),
    await photo(user(ada), '2022-01-01T00:00:00Z'),
    await photo(user(ada), '2021-01-01T00:00:00Z'),
  ];
  const created = await user(ada).call<Album>('POST', '/albums', { albumName: 'A', assetIds: [first, second] });
  expect(created).toMatchObject({ albumName: 'A', assetCount: 2, albumThumbnailAssetId: first, shared: false });
  expect(created.albumUsers).toMatchObject([{ role: 'owner', user: { id: user(ada).userId } }]);
  expect(created).toMatchObject({ startDate: '2020-01-01T00:00:00.000Z', endDate: '2022-01-01T00:00:00.000Z' });
  const results = await user(ada).call('PUT', `/albums/${created.id}/assets`, {
    ids: [first, third, third, await photo(user(eve))],
  });
  expect(results).toMatchObject([
    { id: first, success: false, error: 'duplicate' },
    { id: third, success: true },
    { id: third, success: false, error: 'duplicate' },
    { success: false, error: 'no_permission' },
  ]);
  await user(ada).call('DELETE', '/assets', { ids: [second] });
  expect(await user(ada).call('GET', `/albums/${created.id}`)).toMatchObject({
    assetCount: 2,
    endDate: '2021-01-01T00:00:00.000Z',
  });
  await user(ada).call('DELETE', `/albums/${created.id}/assets`, { ids: [first] });
  expect(await user(ada).call('GET', `/albums/${created.id}`)).toMatchObject({
    assetCount: 1,
    albumThumbnailAssetId: third,
  });
  await user(ada).call('DELETE', `/albums/${created.id}`);
  expect(await statusOf(user(ada), 'GET', `/albums/${created.id}`).catch(() => 0)).not.toBe(200);
});

test('the picture of an album is one that its members can see', async () => {
  const [first, second] = [
    await photo(user(ada), '2020-01-01T00:00:00Z'),
    await photo(user(ada), '2021-01-01T00:00:00Z'),
  ];
  const { id } = await user(ada).call<Album>('POST', '/albums', { albumName: 'A', assetIds: [first, second] });
  const shown = async () => (await user(ada).call<Album>('GET', `/albums/${id}`)).albumThumbnailAssetId;
  await user(ada).call('PATCH', `/albums/${id}`, { albumThumbnailAssetId: first });
  expect(await shown()).toBe(first);
  await user(ada).call('DELETE', '/assets', { ids: [first] });
  expect(await shown()).toBe(second);
  await user(ada).call('PUT', '/assets', { ids: [second], visibility: 'locked' });
  expect(await shown()).toBeNull();
  await user(ada).call('POST', '/trash/restore/assets', { ids: [first] });
  expect(await shown()).toBe(first);
});

test('an asset that is taken out twice was there once', async () => {
  const asset = await photo(user(ada));
  const { id } = await user(ada).call<Album>('POST', '/albums', { albumName: 'A', assetIds: [asset] });
  expect(await user(ada).call('DELETE', `/albums/${id}/assets`, { ids: [asset, asset] })).toEqual([
    { id: asset, success: true },
    { id: asset, success: false, error: 'not_found' },
  ]);
});

test('members see, editors add, the owner decides, and strangers learn nothing', async () => {
  const adas = await photo(user(ada));
  const { id } = await user(ada).call<Album>('POST', '/albums', {
    albumName: 'Shared',
    assetIds: [adas],
    albumUsers: [{ userId: user(ben).userId, role: 'viewer' }],
  });
  expect(await user(ben).call('GET', `/albums/${id}`)).toMatchObject({ shared: true, assetCount: 1 });
  expect((await user(ben).fetch(`/assets/${adas}`)).status).toBe(200);
  expect((await user(eve).fetch(`/albums/${id}`)).status).toBe(400);
  expect(await (await user(eve).fetch(`/albums/${id}`)).json()).toEqual({
    message: 'Not found or no album.read access',
  });
  expect((await user(eve).fetch(`/assets/${adas}`)).status).toBe(400);
  const bens = await photo(user(ben));
  expect(await statusOf(user(ben), 'PUT', `/albums/${id}/assets`, { ids: [bens] })).toBe(400);
  await user(ada).call('PUT', `/albums/${id}/user/${user(ben).userId}`, { role: 'editor' });
  expect(await user(ben).call('PUT', `/albums/${id}/assets`, { ids: [bens] })).toEqual([{ id: bens, success: true }]);
  expect((await user(ada).call<Album>('GET', `/albums/${id}`)).contributorCounts).toHaveLength(2);
  expect(await user(ben).call('DELETE', `/albums/${id}/assets`, { ids: [adas] })).toMatchObject([
    { success: false, error: 'no_permission' },
  ]);
  expect(await statusOf(user(ben), 'DELETE', `/albums/${id}`)).toBe(400);
  expect(await statusOf(user(ben), 'PATCH', `/albums/${id}`, { albumName: 'Mine' })).toBe(400);
  expect(await statusOf(user(ada), 'DELETE', `/albums/${id}/user/${user(ada).userId}`)).toBe(400);
  await user(ben).call('DELETE', `/albums/${id}/user/me`);
  expect((await user(ben).fetch(`/assets/${adas}`)).status).toBe(400);
});

test('lists are those of the caller, by owner, by sharing, by asset and by name', async () => {
  const dan = await api.newUser();
  const asset = await photo(dan);
  const own = await dan.call<Album>('POST', '/albums', { albumName: 'Own', assetIds: [asset] });
  const shared = await dan.call<Album>('POST', '/albums', {
    albumName: 'With Ben',
    albumUsers: [{ userId: user(ben).userId, role: 'viewer' }],
  });
  const names = async (of: User, query = '') =>
    (await of.call<Album[]>('GET', `/albums${query}`))
      .map((album) => album.albumName)
      .toSorted((a, b) => a.localeCompare(b));
  expect(await names(dan)).toEqual(['Own', 'With Ben']);
  expect(await names(dan, '?isShared=true')).toEqual(['With Ben']);
  expect(await names(dan, '?isShared=false')).toEqual(['Own']);
  expect(await names(dan, `?assetId=${asset}`)).toEqual(['Own']);
  expect(await names(dan, '?name=Own')).toEqual(['Own']);
  expect(await names(user(ben), '?isOwned=false')).toContain('With Ben');
  expect(await dan.call('GET', '/albums/statistics')).toEqual({ owned: 2, shared: 1, notShared: 1 });
  expect(await user(dan).call('PUT', '/albums/assets', { albumIds: [own.id, shared.id], assetIds: [asset] })).toEqual({
    success: true,
  });
  expect(await user(dan).call('PUT', '/albums/assets', { albumIds: [own.id], assetIds: [asset] })).toEqual({
    success: false,
    error: 'duplicate',
  });
});

test('twenty at once who add the same photos add each once', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => photo(user(ada))));
  const { id } = await user(ada).call<Album>('POST', '/albums', { albumName: 'Busy' });
  const all = await Promise.all(
    Array.from({ length: 20 }, () => user(ada).call<{ success: boolean }[]>('PUT', `/albums/${id}/assets`, { ids })),
  );
  expect(all.flat().filter((it) => it.success)).toHaveLength(10);
  expect(await user(ada).call('GET', `/albums/${id}`)).toMatchObject({ assetCount: 10 });
});

test.each([
  ['POST', '/albums', { albumName: 5 }],
  ['POST', '/albums', {}],
  [
    'POST',
    '/albums',
    { albumName: 'x', albumUsers: [{ userId: '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11', role: 'viewer' }] },
  ],
  ['POST', '/albums', { albumName: 'a\0b' }],
  ['GET', '/albums/not-a-uuid', undefined],
  ['PUT', '/albums/assets', { albumIds: ['x'], assetIds: [] }],
])('%s %s with %j is refused with 400', async (method, path, body) => {
  const init =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  expect((await user(ada).fetch(path, init)).status).toBe(400);
});
