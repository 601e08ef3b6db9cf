import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { callerOf, type Caller } from '#test/support/caller.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
let user: Caller;
let userId: string;
beforeAll(async () => {
  api = await openApiApp();
  const { headers, userId: id } = await api.newUser({ quotaSizeInBytes: 10_000 });
  user = callerOf(api.app, headers);
  userId = id;
});
afterAll(() => api[Symbol.asyncDispose]());

test('the storage is that of the disk of the store', async () => {
  const { status, body } = await user<Record<string, number>>('GET', '/server/storage');
  expect(status).toBe(200);
  expect(body).toEqual({
    diskSize: expect.stringMatching(/^\d+(\.\d)? [KMGTP]?i?B$/),
    diskUse: expect.any(String),
    diskAvailable: expect.any(String),
    diskSizeRaw: expect.any(Number),
    diskUseRaw: expect.any(Number),
    diskAvailableRaw: expect.any(Number),
    diskUsagePercentage: expect.any(Number),
  });
  const { diskSizeRaw = 0, diskUseRaw = 0, diskAvailableRaw = 0, diskUsagePercentage = 0 } = body;
  expect(diskUseRaw + diskAvailableRaw).toBeLessThanOrEqual(diskSizeRaw);
  expect(diskUsagePercentage).toBeCloseTo((diskUseRaw / diskSizeRaw) * 100, 1);
});

test('statistics count the assets of each user, without trash and moving parts', async () => {
  await addAsset(api.db, userId);
  await addAsset(api.db, userId, { type: 'VIDEO' });
  await addAsset(api.db, userId, { type: 'VIDEO', visibility: 'hidden' });
  await addAsset(api.db, userId, { status: 'trashed' });
  expect((await user('GET', '/server/statistics')).status).toBe(403);
  await api.db.updateTable('user').set({ isAdmin: true, name: 'Ada' }).where('id', '=', userId).execute();
  await api.newUser();
  const totals = { photos: 1, videos: 1, usage: 3000, usagePhotos: 1000, usageVideos: 2000 };
  const nothing = { photos: 0, videos: 0, usage: 0, usagePhotos: 0, usageVideos: 0 };
  expect((await user('GET', '/server/statistics')).body).toEqual({
    ...totals,
    usageByUser: [
      { ...totals, userId, userName: 'Ada', quotaSizeInBytes: 10_000 },
      { ...nothing, userId: expect.any(String), userName: '', quotaSizeInBytes: null },
    ],
  });
});
