import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

type User = ApiClient & { userId: string };
interface Item {
  key: string;
  value: unknown;
  updatedAt: string;
}
const photo = async (of: User) => (await addAsset(api.db, of.userId)).id;
const statusOf = async (of: User, method: string, path: string, body: unknown) =>
  (await of.fetch(path, { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }))
    .status;

test('values are stored by key, replaced as a whole, and deleted', async () => {
  const ada = await api.newUser();
  const path = `/assets/${await photo(ada)}/metadata`;
  expect(await ada.call('GET', path)).toEqual([]);
  const items = [
    { key: 'mobile-app', value: { iCloudId: 'x', latitude: 1.5 } },
    { key: 'a/b c?', value: { deep: [{ it: null }], text: '"é\\' } },
  ];
  const written = await ada.call<Item[]>('PUT', path, { items });
  expect(written.map(({ key, value }) => ({ key, value }))).toEqual(items);
  const replaced = await ada.call<Item[]>('PUT', path, { items: [{ key: 'mobile-app', value: {} }] });
  expect(replaced).toMatchObject([{ key: 'mobile-app', value: {} }]);
  expect((await ada.call<Item[]>('GET', path)).map((it) => it.key)).toEqual(['a/b c?', 'mobile-app']);
  const odd = `${path}/${encodeURIComponent('a/b c?')}`;
  expect(await ada.call('GET', odd)).toMatchObject(items[1] ?? {});
  await ada.call('DELETE', odd);
  await ada.call('DELETE', odd);
  await expect(ada.call('GET', odd)).rejects.toThrow(/answered 400.*not found for asset/);
});

test('the metadata of many assets is written and deleted atomically', async () => {
  const [ada, eve] = [await api.newUser(), await api.newUser()];
  const [first, second, hers] = [await photo(ada), await photo(ada), await photo(eve)];
  const item = (assetId: string, key = 'k') => ({ assetId, key, value: { of: assetId } });
  const items = [item(second), item(first), item(first, 'l')];
  const written = await ada.call<(Item & { assetId: string })[]>('PUT', '/assets/metadata', { items });
  expect(written).toMatchObject(items);
  expect(await statusOf(ada, 'PUT', '/assets/metadata', { items: [item(first, 'n'), item(hers, 'n')] })).toBe(400);
  expect(await statusOf(ada, 'PUT', '/assets/metadata', { items: [item(first, 'n'), item(first, 'n')] })).toBe(400);
  expect(await statusOf(eve, 'DELETE', '/assets/metadata', { items: [{ assetId: first, key: 'k' }] })).toBe(400);
  expect(await ada.call<Item[]>('GET', `/assets/${first}/metadata`)).toHaveLength(2);
  await ada.call('DELETE', '/assets/metadata', {
    items: [
      { assetId: first, key: 'k' },
      { assetId: second, key: 'z' },
    ],
  });
  expect((await ada.call<Item[]>('GET', `/assets/${first}/metadata`)).map((it) => it.key)).toEqual(['l']);
  expect(await ada.call<Item[]>('GET', `/assets/${second}/metadata`)).toHaveLength(1);
  expect(await ada.call('PUT', '/assets/metadata', { items: [] })).toEqual([]);
  expect(await statusOf(ada, 'DELETE', '/assets/metadata', { items: [] })).toBe(204);
});

test.each([
  { key: '', value: {} },
  { key: 'k', value: 'text' },
  { key: 'k', value: [] },
  { key: 'k', value: null },
  { key: 'k'.repeat(256), value: {} },
  { key: 'k', value: { nul: '\u0000' } },
  { key: 'k', value: { half: '\ud800' } },
])('%j is rejected, and nothing is written', async (item) => {
  const ada = await api.newUser();
  const path = `/assets/${await photo(ada)}/metadata`;
  expect(await statusOf(ada, 'PUT', path, { items: [{ key: 'good', value: {} }, item] })).toBe(400);
  expect(await ada.call('GET', path)).toEqual([]);
});

test('an upload can contain metadata, with each key once', async () => {
  const ada = await api.newUser();
  await using folder = await mkdtempDisposable(join(tmpdir(), 'darkroom-metadata-'));
  const path = join(folder.path, 'a.jpg');
  await writeFile(path, 'bytes');
  const item = { key: 'mobile-app', value: { iCloudId: 'x' } };
  const refused = await ada.upload(path, { metadata: JSON.stringify([item, item]) });
  expect(refused.status).toBe(400);
  const { status, body } = await ada.upload(path, { metadata: JSON.stringify([item]) });
  expect(status).toBe(201);
  expect(await ada.call('GET', `/assets/${body.id}/metadata`)).toMatchObject([item]);
});

test('only the owner changes the metadata of an asset; users who can see the asset read it', async () => {
  const [ada, ben, eve] = [await api.newUser(), await api.newUser(), await api.newUser()];
  const id = await photo(ada);
  const items = [{ key: 'k', value: { n: 1 } }];
  await ada.call('PUT', `/assets/${id}/metadata`, { items });
  const albumUsers = [{ userId: ben.userId, role: 'viewer' }];
  await ada.call('POST', '/albums', { albumName: 'A', assetIds: [id], albumUsers });
  expect(await ben.call('GET', `/assets/${id}/metadata/k`)).toMatchObject({ value: { n: 1 } });
  expect(await statusOf(ben, 'PUT', `/assets/${id}/metadata`, { items })).toBe(400);
  expect((await eve.fetch(`/assets/${id}/metadata`)).status).toBe(400);
  expect((await eve.fetch(`/assets/${id}/metadata/k`, { method: 'DELETE' })).status).toBe(400);
});
