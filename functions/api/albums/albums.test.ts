import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { restoreUser, softDeleteUser } from '#shared/users/user.ts';
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
  createdAt: string;
  contributorCounts?: { userId: string; assetCount: number }[];
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

test('the dates, the count and the thumbnail of an album are those of its visible assets', async () => {
  const [first, second, third] = [
    await photo(user(ada), '2020-01-01T00:00:00Z'),
    await photo(user(ada), '2022-01-01T00:00:00Z'),
    await photo(user(ada), '2021-01-01T00:00:00Z'),
  ];
  const created = await user(ada).call<Album>('POST', '/albums', { albumName: 'A', assetIds: [first, second] });
  expect(created).toMatchObject({ albumName: 'A', assetCount: 2, albumThumbnailAssetId: first, shared: false });
  expect(created.albumUsers).toMatchObject([{ role: 'owner', user: { id: user(ada).userId } }]);
  expect(created).toMatchObject({ startDate: '2020-01-01T00:00:00+00:00', endDate: '2022-01-01T00:00:00+00:00' });
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
    endDate: '2021-01-01T00:00:00+00:00',
  });
  await user(ada).call('DELETE', `/albums/${created.id}/assets`, { ids: [first] });
  expect(await user(ada).call('GET', `/albums/${created.id}`)).toMatchObject({
    assetCount: 1,
    albumThumbnailAssetId: third,
  });
  await user(ada).call('DELETE', `/albums/${created.id}`);
  expect(await statusOf(user(ada), 'GET', `/albums/${created.id}`).catch(() => 0)).not.toBe(200);
});

test('the thumbnail of an album is visible to its members', async () => {
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

test('removing an asset from an album twice reports an error the second time', async () => {
  const asset = await photo(user(ada));
  const { id } = await user(ada).call<Album>('POST', '/albums', { albumName: 'A', assetIds: [asset] });
  expect(await user(ada).call('DELETE', `/albums/${id}/assets`, { ids: [asset, asset] })).toEqual([
    { id: asset, success: true },
    { id: asset, success: false, error: 'not_found' },
  ]);
});

test('viewers read, editors add, owners manage, and other users get the same error as for a missing album', async () => {
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
  expect(await statusOf(user(ada), 'DELETE', `/albums/${id}/user/${user(ada).userId}`)).toBe(400);
  await user(ben).call('DELETE', `/albums/${id}/user/me`);
  expect((await user(ben).fetch(`/assets/${adas}`)).status).toBe(400);
});

const refusalOf = async (of: User, method: string, path: string, body: unknown) => {
  const init = { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await of.fetch(path, init);
  return { status: response.status, ...((await response.json()) as { message: string }) };
};

test('an editor renames the album, adds and removes members and assets, but cannot change the owner', async () => {
  const [fay, gus] = [await api.newUser(), await api.newUser()];
  const { id } = await user(ada).call<Album>('POST', '/albums', {
    albumName: 'Ours',
    assetIds: [await photo(user(ada))],
    albumUsers: [
      { userId: fay.userId, role: 'editor' },
      { userId: user(ben).userId, role: 'viewer' },
    ],
  });
  expect(await fay.call('PATCH', `/albums/${id}`, { albumName: 'Ours too' })).toMatchObject({ albumName: 'Ours too' });
  await fay.call('PUT', `/albums/${id}/users`, { albumUsers: [{ userId: gus.userId, role: 'viewer' }] });
  expect(await gus.call('GET', `/albums/${id}`)).toMatchObject({ albumName: 'Ours too' });
  await fay.call('PUT', `/albums/${id}/user/${gus.userId}`, { role: 'editor' });
  await fay.call('DELETE', `/albums/${id}/user/${gus.userId}`);
  expect((await gus.fetch(`/albums/${id}`)).status).toBe(400);
  const fays = await photo(fay);
  expect(await fay.call('PUT', `/albums/${id}/assets`, { ids: [fays] })).toEqual([{ id: fays, success: true }]);
  expect(await fay.call('DELETE', `/albums/${id}/assets`, { ids: [fays] })).toEqual([{ id: fays, success: true }]);
  const owner = `/albums/${id}/user/${user(ada).userId}`;
  const isOwner = { status: 400, message: 'User is owner' };
  expect(await refusalOf(fay, 'PUT', owner, { role: 'viewer' })).toEqual(isOwner);
  expect(await refusalOf(user(ada), 'PUT', owner, { role: 'editor' })).toEqual(isOwner);
  expect(await statusOf(fay, 'DELETE', owner)).toBe(400);
  expect(await statusOf(fay, 'DELETE', `/albums/${id}`)).toBe(400);
  const rename = { albumName: 'Mine' };
  expect(await statusOf(user(ben), 'PATCH', `/albums/${id}`, rename)).toBe(400);
  expect(await statusOf(user(ben), 'PUT', `/albums/${id}/users`, { albumUsers: [{ userId: gus.userId }] })).toBe(400);
});

test('adding a member or the owner changes nothing; adding a user who does not exist is refused', async () => {
  const { id } = await user(ada).call<Album>('POST', '/albums', { albumName: 'Invited' });
  const invite = (...albumUsers: { userId: string; role?: string }[]) =>
    user(ada).call<Album>('PUT', `/albums/${id}/users`, { albumUsers });
  const roles = ({ albumUsers }: Album) => Object.fromEntries(albumUsers.map((it) => [it.user.id, it.role]));
  const [a, b, c] = [user(ada).userId, user(ben).userId, user(eve).userId];
  expect(roles(await invite({ userId: b, role: 'viewer' }))).toEqual({ [a]: 'owner', [b]: 'viewer' });
  const again = await invite({ userId: a, role: 'viewer' }, { userId: b, role: 'editor' }, { userId: c });
  expect(roles(again)).toEqual({ [a]: 'owner', [b]: 'viewer', [c]: 'editor' });
  const nobody = { userId: '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11', role: 'viewer' };
  const invalid = { status: 400, message: 'Invalid user' };
  const path = `/albums/${id}/users`;
  expect(await refusalOf(user(ada), 'PUT', path, { albumUsers: [nobody] })).toEqual(invalid);
  const withNobody = { albumName: 'x', albumUsers: [nobody] };
  expect(await refusalOf(user(ada), 'POST', '/albums', withNobody)).toEqual(invalid);
});

test('an album is hidden from its members while the account of its owner is closed', async () => {
  const [hal, ida] = [await api.newUser(), await api.newUser()];
  const shown = await photo(hal);
  const { id } = await hal.call<Album>('POST', '/albums', {
    albumName: 'Hals',
    assetIds: [shown],
    albumUsers: [{ userId: ida.userId, role: 'editor' }],
  });
  const seen = async () => ({
    listed: (await ida.call<Album[]>('GET', '/albums')).length,
    ofAsset: (await ida.call<Album[]>('GET', `/albums?assetId=${shown}`)).length,
    counted: (await ida.call<{ shared: number }>('GET', '/albums/statistics')).shared,
    album: (await ida.fetch(`/albums/${id}`)).status,
    asset: (await ida.fetch(`/assets/${shown}`)).status,
    months: (await ida.fetch(`/timeline/buckets?albumId=${id}`)).status,
    rename: await statusOf(ida, 'PATCH', `/albums/${id}`, { albumName: 'Hals' }),
  });
  const open = { listed: 1, ofAsset: 1, counted: 1, album: 200, asset: 200, months: 200, rename: 200 };
  expect(await seen()).toEqual(open);
  await softDeleteUser(api.db, hal.userId);
  expect(await seen()).toEqual({ listed: 0, ofAsset: 0, counted: 0, album: 400, asset: 400, months: 400, rename: 400 });
  await restoreUser(api.db, hal.userId);
  expect(await seen()).toEqual(open);
});

test('contributors are counted for shared albums, and dates have a written offset', async () => {
  const { id } = await user(ada).call<Album>('POST', '/albums', { albumName: 'A', assetIds: [await photo(user(ada))] });
  const alone = await user(ada).call<Album>('GET', `/albums/${id}`);
  expect(alone).not.toHaveProperty('contributorCounts');
  expect(alone.createdAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?\+00:00$/);
  await user(ada).call('PUT', `/albums/${id}/users`, { albumUsers: [{ userId: user(ben).userId }] });
  const shared = await user(ada).call<Album>('GET', `/albums/${id}`);
  expect(shared.contributorCounts).toEqual([{ userId: user(ada).userId, assetCount: 1 }]);
});

test('albums are listed for the caller, by owner, by sharing, by asset and by name', async () => {
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
  expect(await names(dan, `?assetId=${asset}&isShared=true&isOwned=false&name=Other`)).toEqual(['Own']);
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

test('twenty concurrent requests that add the same photos add each once', async () => {
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
