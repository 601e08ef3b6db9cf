import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '#test/support/api-client.ts';
import { openApiApp, type ApiApp } from '#test/support/api-app.ts';
import { onBothDatabases } from '#test/integration/db/both-databases.ts';
import { addAsset } from '#test/support/rows.ts';

type User = ApiClient & { userId: string };
interface Asset {
  fileCreatedAt: string;
  localDateTime: string;
  exifInfo: { dateTimeOriginal: string | null; timeZone: string | null; rating: number | null };
}

onBothDatabases('edits', (getDb) => {
  let api: ApiApp;
  beforeAll(async () => {
    api = await openApiApp({ db: getDb() });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  /** Taken on 2024-05-06 at 07:08:09.123 UTC, in an unknown zone. */
  const photo = async (of: User) => (await addAsset(api.db, of.userId)).id;
  const momentOf = async (of: User, id: string) => {
    const { fileCreatedAt, localDateTime, exifInfo } = await of.call<Asset>('GET', `/assets/${id}`);
    return { at: fileCreatedAt, local: localDateTime, exif: exifInfo.dateTimeOriginal, zone: exifInfo.timeZone };
  };
  const put = async (of: User, path: string, body: object) => {
    const init = { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await of.fetch(path, init)).status;
  };

  test('a date with another offset changes the zone', async () => {
    const ada = await api.newUser();
    const id = await photo(ada);
    await ada.call('PUT', `/assets/${id}`, { dateTimeOriginal: '2023-11-19T18:11:00.000-07:00' });
    expect(await momentOf(ada, id)).toEqual({
      at: '2023-11-20T01:11:00.000Z',
      local: '2023-11-19T18:11:00.000Z',
      exif: '2023-11-20T01:11:00+00:00',
      zone: 'UTC-7',
    });
    await ada.call('PUT', `/assets/${id}`, { dateTimeOriginal: '2023-11-20T01:11:00.120Z' });
    expect(await momentOf(ada, id)).toEqual({
      at: '2023-11-20T01:11:00.120Z',
      local: '2023-11-20T01:11:00.120Z',
      exif: '2023-11-20T01:11:00.12+00:00',
      zone: 'UTC',
    });
  });

  test('the dates of many assets are shifted by minutes and converted to a zone', async () => {
    const ada = await api.newUser();
    const [first, second] = [await photo(ada), await photo(ada)];
    await ada.call('PUT', `/assets/${second}`, { dateTimeOriginal: '2020-01-01T12:00:00+02:00' });
    await ada.call('PUT', '/assets', { ids: [first, second], dateTimeRelative: -90 });
    expect(await momentOf(ada, first)).toMatchObject({
      at: '2024-05-06T05:38:09.123Z',
      local: '2024-05-06T05:38:09.123Z',
    });
    expect(await momentOf(ada, second)).toMatchObject({
      at: '2020-01-01T08:30:00.000Z',
      local: '2020-01-01T10:30:00.000Z',
      zone: 'UTC+2',
    });
    await ada.call('PUT', '/assets', { ids: [first, second], timeZone: 'Europe/Zurich' });
    expect(await momentOf(ada, first)).toMatchObject({
      at: '2024-05-06T05:38:09.123Z',
      local: '2024-05-06T07:38:09.123Z',
      zone: 'Europe/Zurich',
    });
    expect(await momentOf(ada, second)).toMatchObject({ local: '2020-01-01T09:30:00.000Z', zone: 'Europe/Zurich' });
    await ada.call('PUT', '/assets', { ids: [first], dateTimeRelative: 60, timeZone: 'Asia/Tokyo' });
    expect(await momentOf(ada, first)).toMatchObject({
      at: '2024-05-06T06:38:09.123Z',
      local: '2024-05-06T15:38:09.123Z',
      zone: 'Asia/Tokyo',
    });
    await ada.call('PUT', '/assets', { ids: [first], dateTimeOriginal: '2021-07-01T10:00:00', timeZone: 'Asia/Tokyo' });
    expect(await momentOf(ada, first)).toMatchObject({
      at: '2021-07-01T01:00:00.000Z',
      local: '2021-07-01T10:00:00.000Z',
      zone: 'Asia/Tokyo',
    });
  });

  test.each([
    { timeZone: 'Europe/Atlantis' },
    { timeZone: '' },
    { dateTimeOriginal: '0001-01-01T00:30:00+01:00' },
    { dateTimeOriginal: '9999-12-31T23:30:00-01:00' },
    { dateTimeOriginal: '2024-02-30T00:00:00Z' },
    { dateTimeRelative: -1_100_000_000 },
    { dateTimeRelative: Number.MAX_SAFE_INTEGER },
    { dateTimeRelative: 1.5 },
    { dateTimeRelative: 'soon' },
    { rating: 0 },
    { rating: 6 },
    { rating: -2 },
  ])('%j is rejected, and nothing is changed', async (change) => {
    const ada = await api.newUser();
    const id = await photo(ada);
    const before = await momentOf(ada, id);
    expect(await put(ada, '/assets', { ids: [id], ...change })).toBe(400);
    if (!('dateTimeRelative' in change || 'timeZone' in change))
      expect(await put(ada, `/assets/${id}`, change)).toBe(400);
    expect(await momentOf(ada, id)).toEqual(before);
  });

  test('a rating of -1 is kept, null clears it', async () => {
    const ada = await api.newUser();
    const id = await photo(ada);
    const rate = async (rating: number | null) =>
      (await ada.call<Asset>('PUT', `/assets/${id}`, { rating })).exifInfo.rating;
    expect([await rate(5), await rate(-1), await rate(null)]).toEqual([5, -1, null]);
    await ada.call('PUT', '/assets', { ids: [id], rating: -1 });
    expect(await ada.call('GET', `/assets/${id}`)).toMatchObject({ exifInfo: { rating: -1 } });
  });
});
