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
interface Info {
  totalSize: number;
  archives: { size: number; assetIds: string[] }[];
}
let day = 0;
const photo = async (of: User, more: Parameters<typeof addAsset>[2] = {}) =>
  (await addAsset(api.db, of.userId, { fileCreatedAt: new Date(2020, 0, ++day), ...more })).id;
const info = (of: User, body: object) => of.call<Info>('POST', '/download/info', body);

test('an archive ends with the file that exceeds its size', async () => {
  const ada = await api.newUser();
  const [a, b, c] = [await photo(ada), await photo(ada), await photo(ada)];
  expect(await info(ada, { assetIds: [c, a, b] })).toEqual({
    totalSize: 3000,
    archives: [{ size: 3000, assetIds: [a, b, c] }],
  });
  expect(await info(ada, { assetIds: [a, b, c], archiveSize: 1500 })).toEqual({
    totalSize: 3000,
    archives: [
      { size: 2000, assetIds: [a, b] },
      { size: 1000, assetIds: [c] },
    ],
  });
  expect(await info(ada, { assetIds: [] })).toEqual({ totalSize: 0, archives: [] });
});

test('sizes above 32 bits are exact', async () => {
  const ada = await api.newUser();
  const large = 5 * 2 ** 32 + 1;
  const [a, b] = [await photo(ada, { fileSizeInByte: large }), await photo(ada, { fileSizeInByte: large })];
  expect(await info(ada, { assetIds: [a, b] })).toEqual({
    totalSize: 2 * large,
    archives: [
      { size: large, assetIds: [a] },
      { size: large, assetIds: [b] },
    ],
  });
});

test('the download of a user excludes trashed, hidden and locked assets, and includes moving parts of live photos', async () => {
  const ada = await api.newUser();
  const video = await photo(ada, { type: 'VIDEO', visibility: 'hidden' });
  const [still, archived, trashed] = [
    await photo(ada, { livePhotoVideoId: video }),
    await photo(ada, { visibility: 'archive' }),
    await photo(ada),
  ];
  await photo(ada, { visibility: 'locked' });
  await ada.call('DELETE', '/assets', { ids: [trashed] });
  const { archives } = await info(ada, { userId: ada.userId });
  expect(archives.map((it) => it.assetIds)).toEqual([[still, archived, video]]);
});

test('only members download an album, and only the owner their own assets', async () => {
  const [ada, ben, eve] = [await api.newUser(), await api.newUser(), await api.newUser()];
  const id = await photo(ada);
  const albumUsers = [{ userId: ben.userId, role: 'viewer' }];
  const { id: albumId } = await ada.call<{ id: string }>('POST', '/albums', {
    albumName: 'A',
    assetIds: [id],
    albumUsers,
  });
  expect((await info(ben, { albumId })).archives[0]?.assetIds).toEqual([id]);
  for (const body of [
    { albumId },
    { assetIds: [id] },
    { userId: ada.userId },
    {},
    { userId: eve.userId, archiveSize: 0 },
  ])
    await expect(info(eve, body), JSON.stringify(body)).rejects.toThrow('answered 400');
});
