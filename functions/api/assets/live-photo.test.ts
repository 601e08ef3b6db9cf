import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { onBothDatabases } from '#test/integration/db/both-databases.ts';
import { addAsset } from '#test/support/rows.ts';

type User = ApiClient & { userId: string };

onBothDatabases('live photos', (getDb) => {
  let api: ApiApp;
  beforeAll(async () => {
    api = await openApiApp({ db: getDb() });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const photo = async (of: User, more: Parameters<typeof addAsset>[2] = {}) =>
    (await addAsset(api.db, of.userId, more)).id;
  const video = async (of: User, visibility: 'timeline' | 'hidden' = 'timeline') => {
    const id = await photo(of, { type: 'VIDEO', visibility, originalFileName: 'a.mp4' });
    await api.store.put(`upload/${of.userId}/${id}.jpg`, Buffer.from('bytes of a video'));
    await api.db
      .updateTable('asset')
      .set({ originalPath: `upload/${of.userId}/${id}.jpg` })
      .where('id', '=', id)
      .execute();
    return id;
  };
  const visibilityOf = async (id: string) =>
    (await api.db.selectFrom('asset').select('visibility').where('id', '=', id).executeTakeFirstOrThrow()).visibility;
  const link = (of: User, id: string, livePhotoVideoId: string | null) =>
    of.call<{ livePhotoVideoId: string | null }>('PUT', `/assets/${id}`, { livePhotoVideoId });
  const refusal = async (of: User, id: string, livePhotoVideoId: string) => {
    const response = await of.fetch(`/assets/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ livePhotoVideoId, description: 'not written' }),
    });
    return { status: response.status, message: ((await response.json()) as { message: string }).message };
  };

  test('linking hides the video; unlinking gives it the visibility of the photo', async () => {
    const ada = await api.newUser();
    const [still, moving] = [await photo(ada), await video(ada)];
    expect(await link(ada, still, moving)).toMatchObject({ livePhotoVideoId: moving });
    expect(await visibilityOf(moving)).toBe('hidden');
    expect(await link(ada, still, null)).toMatchObject({ livePhotoVideoId: null });
    expect(await visibilityOf(moving)).toBe('timeline');
    await link(ada, still, moving);
    await ada.call('PUT', `/assets/${still}`, { visibility: 'archive', livePhotoVideoId: null });
    expect(await visibilityOf(moving)).toBe('archive');
  });

  test('a photo that gets another moving part releases the previous one', async () => {
    const ada = await api.newUser();
    const [still, first, second] = [await photo(ada), await video(ada), await video(ada)];
    await link(ada, still, first);
    await link(ada, still, second);
    expect([await visibilityOf(first), await visibilityOf(second)]).toEqual(['timeline', 'hidden']);
    await link(ada, still, second);
    expect(await visibilityOf(second)).toBe('hidden');
  });

  test('a video that is the moving part of two photos stays hidden until neither has it', async () => {
    const ada = await api.newUser();
    const moving = await video(ada);
    const [first, second] = [await photo(ada), await photo(ada)];
    await link(ada, first, moving);
    await link(ada, second, moving);
    await link(ada, first, null);
    expect(await visibilityOf(moving)).toBe('hidden');
    await link(ada, second, null);
    expect(await visibilityOf(moving)).toBe('timeline');
  });

  test('an invalid moving part is rejected, and nothing of the edit is written', async () => {
    const [ada, eve] = [await api.newUser(), await api.newUser()];
    const [still, other, foreign] = [await photo(ada), await photo(ada), await video(eve)];
    const nobody = '7d6b1e52-3c52-4b11-9f37-6f4b6d9f3c11';
    expect(await refusal(ada, still, nobody)).toEqual({ status: 400, message: 'Live photo video not found' });
    expect(await refusal(ada, still, other)).toEqual({ status: 400, message: 'Live photo video must be a video' });
    const message = 'Live photo video does not belong to the user';
    expect(await refusal(ada, still, foreign)).toEqual({ status: 400, message });
    expect(await ada.call('GET', `/assets/${still}`)).toMatchObject({ exifInfo: { description: '' } });
    expect(await visibilityOf(foreign)).toBe('timeline');
  });

  test('concurrent links and unlinks leave every video either hidden with its photo or visible', async () => {
    const ada = await api.newUser();
    const stills = await Promise.all(Array.from({ length: 4 }, () => photo(ada)));
    const videos = await Promise.all(Array.from({ length: 4 }, () => video(ada)));
    const turns = Array.from({ length: 48 }, (_, n) =>
      link(ada, stills[n % 4] ?? '', n % 3 === 0 ? null : (videos[(n * 7) % 4] ?? null)),
    );
    await Promise.all(turns);
    const linked = await api.db
      .selectFrom('asset')
      .select('livePhotoVideoId')
      .where('ownerId', '=', ada.userId)
      .where('livePhotoVideoId', 'is not', null)
      .execute();
    const used = new Set(linked.map((it) => it.livePhotoVideoId));
    for (const id of videos) expect(await visibilityOf(id)).toBe(used.has(id) ? 'hidden' : 'timeline');
  });

  test('the moving part of a locked photo is served only with the PIN code', async () => {
    const ada = await api.newUser();
    const [still, moving] = [await photo(ada), await video(ada)];
    await link(ada, still, moving);
    const paths = [`/assets/${moving}/video/playback`, `/assets/${moving}/original`, `/assets/${moving}`];
    const statuses = async () => Promise.all(paths.map(async (path) => (await ada.fetch(path)).status));
    expect(await statuses()).toEqual([200, 200, 200]);
    await ada.call('PUT', '/assets', { ids: [still], visibility: 'locked' });
    expect(await statuses()).toEqual([404, 404, 400]);
    await ada.call('POST', '/auth/pin-code', { pinCode: '123456' });
    await ada.call('POST', '/auth/session/unlock', { pinCode: '123456' });
    expect(await statuses()).toEqual([200, 200, 200]);
    await ada.call('PUT', '/assets', { ids: [still], visibility: 'timeline' });
    await ada.call('POST', '/auth/session/lock');
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await visibilityOf(moving)).toBe('hidden');
  });
});
