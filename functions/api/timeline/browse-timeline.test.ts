import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, settleStage, takeStage } from '#shared/stages/asset-stage.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { addAsset } from '#test/support/rows.ts';

let api: ApiApp;
let ada: ApiClient & { userId: string };
beforeAll(async () => {
  api = await openApiApp();
  ada = await api.newUser();
});
afterAll(() => api[Symbol.asyncDispose]());

const at = (iso: string) => ({ localDateTime: new Date(iso), fileCreatedAt: new Date(iso) });

describe('the timeline', () => {
  test('counts assets by month and returns each month as columns, newest first', async () => {
    const late = await addAsset(api.db, ada.userId, { ...at('2024-03-31T23:59:59.999Z'), width: 4000, height: 3000 });
    const early = await addAsset(api.db, ada.userId, { ...at('2024-03-01T00:00:00Z'), type: 'VIDEO', duration: 1500 });
    await addAsset(api.db, ada.userId, at('2024-04-01T00:00:00Z'));
    await addAsset(api.db, ada.userId, { ...at('2024-03-10T00:00:00Z'), visibility: 'hidden' });
    await addAsset(api.db, ada.userId, { ...at('2024-03-10T00:00:00Z'), visibility: 'locked' });
    await addAsset(api.db, (await api.newUser()).userId, at('2024-03-10T00:00:00Z'));
    expect(await ada.call('GET', '/timeline/buckets?visibility=timeline')).toEqual([
      { timeBucket: '2024-04-01', count: 1 },
      { timeBucket: '2024-03-01', count: 2 },
    ]);
    const month = await ada.call<Record<string, unknown[]>>(
      'GET',
      '/timeline/bucket?timeBucket=2024-03-01&visibility=timeline',
    );
    expect(month).toMatchObject({
      id: [late.id, early.id],
      ratio: [1.333, 1],
      isImage: [true, false],
      duration: [null, 1500],
      thumbhash: [null, null],
      localOffsetHours: [0, 0],
      fileCreatedAt: ['2024-03-31T23:59:59.999Z', '2024-03-01T00:00:00.000Z'],
    });
    expect(month).not.toHaveProperty('latitude');
    expect(month).not.toHaveProperty('stack');
    const more = '/timeline/bucket?timeBucket=2024-03-01&visibility=timeline&withCoordinates=true&withStacked=true';
    const nothing = [null, null];
    expect(await ada.call('GET', more)).toEqual({ ...month, latitude: nothing, longitude: nothing, stack: nothing });
    for (const same of ['2024-03-15', '2024-03-01T00:00:00.000Z']) {
      expect(await ada.call('GET', `/timeline/bucket?timeBucket=${same}&visibility=timeline`)).toEqual(month);
    }
  });

  test('of the trash, of favorites and of the archive are separate', async () => {
    const eve = await api.newUser();
    const [kept, gone] = [
      await addAsset(api.db, eve.userId, { ...at('2020-01-01T00:00:00Z'), isFavorite: true }),
      await addAsset(api.db, eve.userId, at('2020-01-02T00:00:00Z')),
    ];
    await addAsset(api.db, eve.userId, { ...at('2020-01-03T00:00:00Z'), visibility: 'archive' });
    await eve.call('DELETE', '/assets', { ids: [gone.id] });
    const count = async (query: string) =>
      (await eve.call<{ count: number }[]>('GET', `/timeline/buckets?${query}`)).map((it) => it.count);
    expect(await count('')).toEqual([2]);
    expect(await count('visibility=timeline')).toEqual([1]);
    expect(await count('isTrashed=true')).toEqual([1]);
    expect(await count('isFavorite=true')).toEqual([1]);
    expect(await count('visibility=archive')).toEqual([1]);
    const { id } = await eve.call<{ id: string[] }>('GET', '/timeline/bucket?timeBucket=2020-01-01&isFavorite=true');
    expect(id).toEqual([kept.id]);
  });

  test('of the locked folder needs the PIN code, that of others is not found, and an invalid month is rejected', async () => {
    expect((await ada.fetch('/timeline/buckets?visibility=locked')).status).toBe(401);
    const other = await api.newUser();
    expect((await ada.fetch(`/timeline/buckets?userId=${other.userId}`)).status).toBe(400);
    expect((await ada.fetch('/timeline/bucket?timeBucket=2024-13-01')).status).toBe(400);
    expect((await ada.fetch('/timeline/bucket')).status).toBe(400);
    expect((await ada.fetch('/timeline/bucket?timeBucket=2024-01-01&timeBucket=2024-02-01')).status).toBe(400);
  });
});

describe('the queues', () => {
  test('have counts, can be paused and resumed, and list reasons of failures', async () => {
    const admin = await api.newUser();
    await api.db.updateTable('user').set({ isAdmin: true }).where('id', '=', admin.userId).execute();
    expect((await ada.fetch('/jobs')).status).toBe(403);
    await api.db.deleteFrom('asset_stage').execute();
    await setStagePaused(api.db, 'thumbnail', true);
    const { id } = await addAsset(api.db, admin.userId);
    await openStage(api.db, { assetId: id, stage: 'thumbnail' }, 'queued');
    const lease = { holder: 'h', leaseSeconds: 60, maxAttempts: 3, recipe: 'r' };
    await takeStage(api.db, { assetId: id, stage: 'metadata', ...lease });
    const jobs = await admin.call<Record<string, { jobCounts: object; queueStatus: object }>>('GET', '/jobs');
    expect(Object.keys(jobs)).toHaveLength(19);
    expect(jobs['metadataExtraction']).toEqual({
      jobCounts: { active: 1, failed: 0, delayed: 0, completed: 0, waiting: 0, paused: 0 },
      queueStatus: { isActive: true, isPaused: false },
    });
    expect(jobs['thumbnailGeneration']).toMatchObject({
      jobCounts: { paused: 1, waiting: 0 },
      queueStatus: { isPaused: true },
    });
    expect(await admin.call('PUT', '/queues/thumbnailGeneration', { isPaused: false })).toMatchObject({
      isPaused: false,
    });
    expect(
      (
        await admin.fetch('/jobs/metadataExtraction', {
          method: 'PUT',
          body: '{"command":"start"}',
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(400);
    await settleStage(api.db, { assetId: id, stage: 'metadata', holder: 'h', state: 'failed', reason: 'broken' });
    expect(await admin.call('GET', '/queues/metadataExtraction/jobs?status=failed')).toMatchObject([
      { data: { id, reason: 'broken' } },
    ]);
    await admin.call('PUT', '/jobs/metadataExtraction', { command: 'start' });
    // The eight assets of the tests above lack the stage, since their rows were deleted; a start creates those too.
    await expect
      .poll(async () => (await admin.call<typeof jobs>('GET', '/jobs'))['metadataExtraction']?.jobCounts)
      .toMatchObject({ failed: 0, waiting: 9 });
  });
});
