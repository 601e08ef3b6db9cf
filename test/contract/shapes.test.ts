import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

/** For calls that no other test makes; the client itself fails on a shape that the SDK does not expect. */
let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

test.each(['ping', 'version', 'features', 'media-types', 'about'])(
  'GET /server/%s answers as the SDK expects',
  async (name) => {
    const user = await api.newUser();
    expect(await user.call('GET', `/server/${name}`)).toBeTypeOf('object');
  },
);

test('responses about assets have the shape that the SDK expects', async () => {
  const user = await api.newUser();
  const { id } = await addAsset(api.db, user.userId, { width: 40, height: 30, duration: 12 });
  await api.db
    .insertInto('asset_exif')
    .values({ assetId: id, fNumber: 2.8, iso: 100, exposureTime: '1/60', fileSizeInByte: 2 ** 40, latitude: 0.1 })
    .onConflict((oc) => oc.column('assetId').doUpdateSet({ fileSizeInByte: 2 ** 40, fNumber: 2.8, latitude: 0.1 }))
    .execute();
  const updated = await user.call<{ exifInfo: { fileSizeInByte: number } }>('PUT', `/assets/${id}`, { rating: 3 });
  expect(updated.exifInfo.fileSizeInByte).toBe(2 ** 40);
  expect(await user.call('GET', '/assets/statistics')).toEqual({ images: 1, videos: 0, total: 1 });
  const assets = [{ id: 'a', checksum: '0'.repeat(40) }];
  expect(await user.call('POST', '/assets/bulk-upload-check', { assets })).toEqual({
    results: [{ id: 'a', action: 'accept' }],
  });
  const { id: albumId } = await user.call<{ id: string }>('POST', '/albums', { albumName: 'Sea', assetIds: [id] });
  const other = await api.newUser();
  const members = { albumUsers: [{ userId: other.userId, role: 'viewer' }] };
  expect(await user.call('PUT', `/albums/${albumId}/users`, members)).toMatchObject({ id: albumId });
  expect(await user.call('PATCH', `/albums/${albumId}`, { order: 'asc' })).toMatchObject({ order: 'asc' });
  expect(await user.call('GET', `/albums/${albumId}/map-markers`)).toBeInstanceOf(Array);
});

test('queues have the shape that the SDK expects', async () => {
  const user = await api.newUser();
  await api.db.updateTable('user').set({ isAdmin: true }).where('id', '=', user.userId).execute();
  const queues = await user.call<unknown[]>('GET', '/queues');
  expect(queues).toHaveLength(19);
  expect(await user.call('GET', '/queues/thumbnailGeneration')).toMatchObject({ name: 'thumbnailGeneration' });
});
