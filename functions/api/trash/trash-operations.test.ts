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
const photo = async (of: User, more: Parameters<typeof addAsset>[2] = {}) =>
  (await addAsset(api.db, of.userId, more)).id;
const trash = (of: User, ids: string[]) => of.call('DELETE', '/assets', { ids });
const isTrashed = async (of: User, id: string) =>
  (await of.call<{ isTrashed: boolean }>('GET', `/assets/${id}`)).isTrashed;
const usage = async (of: User) => (await of.call<{ quotaUsageInBytes: number }>('GET', '/users/me')).quotaUsageInBytes;
const shownIn = async (of: User) =>
  (await of.call<{ count: number }[]>('GET', '/timeline/buckets')).reduce((sum, it) => sum + it.count, 0);

test('emptying the trash deletes only trashed assets, permanently', async () => {
  const [ada, ben] = [await api.newUser(), await api.newUser()];
  const [kept, first, second, bens] = [await photo(ada), await photo(ada), await photo(ada), await photo(ben)];
  await trash(ada, [first, second]);
  await trash(ben, [bens]);
  expect(await usage(ada)).toBe(3000);
  expect(await ada.call('POST', '/trash/empty')).toEqual({ count: 2 });
  expect(await usage(ada)).toBe(1000);
  for (const id of [first, second]) expect((await ada.fetch(`/assets/${id}`)).status).toBe(400);
  expect(await isTrashed(ada, kept)).toBe(false);
  expect(await isTrashed(ben, bens)).toBe(true);
  await api.ports.relay.settled();
  const deletions = api.published.filter((it) => it.type === 'photos.darkroom.asset.deleted.v1');
  expect(deletions.map((it) => it.subject).toSorted()).toEqual([first, second].toSorted());
  expect(await ada.call('POST', '/trash/empty')).toEqual({ count: 0 });
});

test('restoring the trash returns all assets to the timeline, except those without a file', async () => {
  const ada = await api.newUser();
  const [first, second, offline] = [await photo(ada), await photo(ada), await photo(ada)];
  await trash(ada, [first, second, offline]);
  await api.db.updateTable('asset').set({ isOffline: true }).where('id', '=', offline).execute();
  expect(await shownIn(ada)).toBe(0);
  expect(await ada.call('POST', '/trash/restore')).toEqual({ count: 2 });
  expect(await shownIn(ada)).toBe(2);
  expect(await isTrashed(ada, offline)).toBe(true);
  expect(await ada.call('POST', '/trash/restore')).toEqual({ count: 0 });
});

test('single assets are restored; the response counts the given ids', async () => {
  const [ada, eve] = [await api.newUser(), await api.newUser()];
  const [first, second] = [await photo(ada), await photo(ada)];
  await trash(ada, [first]);
  expect(await ada.call('POST', '/trash/restore/assets', { ids: [first, second] })).toEqual({ count: 2 });
  expect(await isTrashed(ada, first)).toBe(false);
  expect(await ada.call('POST', '/trash/restore/assets', { ids: [] })).toEqual({ count: 0 });
  await trash(ada, [first]);
  await expect(eve.call('POST', '/trash/restore/assets', { ids: [first] })).rejects.toThrow(
    'Not found or no asset.delete access',
  );
  expect(await isTrashed(ada, first)).toBe(true);
});

test('the moving part of a live photo is trashed and restored with its photo', async () => {
  const ada = await api.newUser();
  const video = await photo(ada, { type: 'VIDEO', visibility: 'hidden' });
  const still = await photo(ada, { livePhotoVideoId: video });
  await trash(ada, [still]);
  expect(await isTrashed(ada, video)).toBe(true);
  await ada.call('POST', '/trash/restore/assets', { ids: [still] });
  expect(await isTrashed(ada, video)).toBe(false);
  await trash(ada, [still]);
  expect(await ada.call('POST', '/trash/restore')).toEqual({ count: 1 });
  expect(await isTrashed(ada, video)).toBe(false);
  await trash(ada, [still]);
  expect(await ada.call('POST', '/trash/empty')).toEqual({ count: 1 });
  expect((await ada.fetch(`/assets/${video}`)).status).toBe(400);
});
