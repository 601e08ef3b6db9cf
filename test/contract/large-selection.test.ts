import { expect, test } from 'vitest';
import { newId } from '#shared/ids/ids.ts';
import { openApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

test('a selection of 70,000 photos is favored, trashed, restored and rejected like a small one', async () => {
  await using api = await openApiApp();
  const ada = await api.newUser();
  const { id } = await addAsset(api.db, ada.userId);
  const ids = Array.from({ length: 70_000 }, () => id);
  await ada.call('PUT', '/assets', { ids, isFavorite: true });
  await ada.call('DELETE', '/assets', { ids });
  expect(await ada.call('GET', `/assets/${id}`)).toMatchObject({ isFavorite: true, isTrashed: true });
  expect(await ada.call('POST', '/trash/restore/assets', { ids })).toEqual({ count: 70_000 });
  const { id: albumId } = await ada.call<{ id: string }>('POST', '/albums', { albumName: 'A', assetIds: ids });
  expect(await ada.call('GET', `/albums/${albumId}`)).toMatchObject({ assetCount: 1 });
  const strange = Array.from({ length: 70_000 }, newId);
  const refused = 'answered 400: {"message":"Not found or no asset.delete access"}';
  await expect(ada.call('DELETE', '/assets', { ids: strange })).rejects.toThrow(refused);
  const checks = strange.map((it, n) => ({ id: it, checksum: n.toString(16).padStart(40, '0') }));
  const { results } = await ada.call<{ results: unknown[] }>('POST', '/assets/bulk-upload-check', { assets: checks });
  expect(results).toHaveLength(70_000);
});
