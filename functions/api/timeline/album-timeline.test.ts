import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
beforeAll(async () => {
  api = await openApiApp();
});
afterAll(() => api[Symbol.asyncDispose]());

const at = (iso: string) => ({ localDateTime: new Date(iso), fileCreatedAt: new Date(iso) });

test('the timeline of an album hides assets from its members that others locked or trashed', async () => {
  const [owner, member] = [await api.newUser(), await api.newUser()];
  const date = at('2021-05-01T00:00:00Z');
  const shown = await addAsset(api.db, owner.userId, date);
  const trashed = await addAsset(api.db, owner.userId, date);
  const locked = await addAsset(api.db, owner.userId, date);
  const { id } = await owner.call<{ id: string }>('POST', '/albums', {
    albumName: 'A',
    assetIds: [shown.id, trashed.id, locked.id],
    albumUsers: [{ userId: member.userId, role: 'editor' }],
  });
  await owner.call('DELETE', '/assets', { ids: [trashed.id] });
  await api.db.updateTable('asset').set({ visibility: 'locked' }).where('id', '=', locked.id).execute();
  const pinExpiresAt = new Date(Date.now() + 60_000);
  await api.db
    .updateTable('session')
    .set({ pinExpiresAt })
    .where('userId', 'in', [owner.userId, member.userId])
    .execute();
  const seen = async (of: ApiClient, query: string) => {
    const buckets = await of.call<{ count: number }[]>('GET', `/timeline/buckets?albumId=${id}${query}`);
    const month = await of.call<{ id: string[] }>(
      'GET',
      `/timeline/bucket?timeBucket=2021-05-01&albumId=${id}${query}`,
    );
    expect(buckets.reduce((sum, it) => sum + it.count, 0)).toBe(month.id.length);
    return month.id;
  };
  expect(await seen(member, '')).toEqual([shown.id]);
  expect(await seen(member, '&isTrashed=true')).toEqual([]);
  expect(await seen(member, '&visibility=locked')).toEqual([]);
  expect(await seen(owner, '&isTrashed=true')).toEqual([trashed.id]);
  // An asset leaves the album when its owner locks it.
  expect(await seen(owner, '&visibility=locked')).toEqual([]);
});

test('withPartners needs visibility=timeline without trash or favorites', async () => {
  const user = await api.newUser();
  const status = async (query: string) => (await user.fetch(`/timeline/buckets?withPartners=true${query}`)).status;
  expect(await status('&visibility=timeline')).toBe(200);
  for (const query of [
    '',
    '&visibility=archive',
    '&visibility=timeline&isTrashed=true',
    '&visibility=timeline&isFavorite=false',
  ]) {
    expect(await status(query)).toBe(400);
  }
});
