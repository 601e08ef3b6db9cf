import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { listMonth, type MonthColumn } from '#shared/timeline/timeline-month.ts';
import type { TimelineFilter } from '#shared/timeline/timeline.ts';
import type { Asset } from '#shared/db/tables.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const shown: TimelineFilter = {
  visibilities: ['timeline', 'archive'],
  isTrashed: false,
  orderBy: 'localDateTime',
  order: 'asc',
};

async function columnOf(db: Db, filter: TimelineFilter, month: string, name: MonthColumn): Promise<unknown[]> {
  const columns = await listMonth(db, filter, month, [name]);
  return JSON.parse(columns[name]) as unknown[];
}

/** The column of assets with these values, in their order. */
async function columnWith(
  db: Db,
  name: MonthColumn,
  values: readonly Partial<
    Pick<Asset, 'width' | 'height' | 'fileCreatedAt' | 'localDateTime' | 'thumbhash' | 'city'>
  >[],
): Promise<unknown[]> {
  const ownerId = await addUser(db);
  for (const [index, { city, ...value }] of values.entries()) {
    const { id } = await addAsset(db, ownerId, { localDateTime: new Date(Date.UTC(2024, 2, 1, index)), ...value });
    if (city !== undefined) await db.updateTable('asset').set({ city }).where('id', '=', id).execute();
  }
  return await columnOf(db, { ...shown, ownerIds: [ownerId] }, '2024-03-01', name);
}

onBothDatabases('a month of the timeline', (getDb) => {
  test('has times to the millisecond, whatever the year', async () => {
    const times = [
      '0001-01-01T00:00:00.000Z',
      '1899-12-31T23:59:59.999Z',
      '1969-07-20T20:17:40.500Z',
      '2024-03-01T00:00:00.001Z',
      '9999-12-31T23:59:59.999Z',
    ];
    const given = times.map((time) => ({ fileCreatedAt: new Date(time) }));
    expect(await columnWith(getDb(), 'fileCreatedAt', given)).toEqual(times);
  });

  test('has the offset from UTC in hours, halves and quarters of them too', async () => {
    const hours = [0, 14, 5.5, -9.75, -12];
    const given = hours.map((offset, index) => {
      const instant = Date.UTC(2024, 2, 10, index);
      return { fileCreatedAt: new Date(instant), localDateTime: new Date(instant + offset * 3_600_000) };
    });
    const found = await columnWith(getDb(), 'localOffsetHours', given);
    expect(new Set(found)).toEqual(new Set(hours));
  });

  test('has the ratio rounded to three digits, and 1 if it is unknown', async () => {
    const given = [
      { width: 4000, height: 3000 },
      { width: 3000, height: 4000 },
      { width: 4001, height: 2000 },
      { width: 2_000_000_000, height: 1 },
      { width: 100, height: 0 },
      { width: null, height: 100 },
      { width: 100, height: null },
    ];
    expect(await columnWith(getDb(), 'ratio', given)).toEqual([1.333, 0.75, 2.001, 2_000_000_000, 1, 1, 1]);
  });

  test('has unchanged names, including quotes, line breaks and other scripts', async () => {
    const cities = ['"Q"\\', 'two\nlines\u0001', 'München 京都 👪', '001"', null];
    const given = cities.map((city) => ({ city }));
    expect(await columnWith(getDb(), 'city', given)).toEqual(cities);
  });

  test('has thumbhashes as base64 in one line', async () => {
    const hashes = [Buffer.alloc(25, 0xfb), Buffer.from([1]), null];
    const given = hashes.map((thumbhash) => ({ thumbhash }));
    const texts = hashes.map((hash) => hash?.toString('base64') ?? null);
    expect(await columnWith(getDb(), 'thumbhash', given)).toEqual(texts);
  });

  test('has the common values of its assets, and the columns that differ', async () => {
    const db = getDb();
    const [ada, eve] = [await addUser(db), await addUser(db)];
    const at = (day: number) => ({ localDateTime: new Date(Date.UTC(2024, 2, day)) });
    await addAsset(db, ada, { ...at(1), isFavorite: true });
    await addAsset(db, eve, { ...at(2), visibility: 'archive' });
    await addAsset(db, ada, { ...at(3), type: 'VIDEO', visibility: 'archive' });
    const seen = (name: MonthColumn, more: Partial<TimelineFilter>) =>
      columnOf(db, { ...shown, ownerIds: [ada, eve], ...more }, '2024-03-01', name);
    expect(await seen('ownerId', {})).toEqual([ada, eve, ada]);
    expect(await seen('ownerId', { ownerIds: [ada] })).toEqual([ada, ada]);
    expect(await seen('visibility', {})).toEqual(['timeline', 'archive', 'archive']);
    expect(await seen('visibility', { visibilities: ['archive'] })).toEqual(['archive', 'archive']);
    expect(await seen('isFavorite', {})).toEqual([true, false, false]);
    expect(await seen('isFavorite', { isFavorite: false })).toEqual([false, false]);
    expect(await seen('isImage', { order: 'desc' })).toEqual([false, true, true]);
    expect(await seen('isTrashed', {})).toEqual([false, false, false]);
    expect(await seen('stack', {})).toEqual([null, null, null]);
  });

  test('has assets of the same time in the order of their ids, backwards if the newest come first', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const time = { localDateTime: new Date('2024-03-05T00:00:00Z') };
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.push((await addAsset(db, ownerId, time)).id);
    const seen = (order: 'asc' | 'desc') => columnOf(db, { ...shown, ownerIds: [ownerId], order }, '2024-03-01', 'id');
    expect(await seen('asc')).toEqual(ids.toSorted());
    expect(await seen('desc')).toEqual(ids.toSorted().toReversed());
  });

  test('has empty columns if it has no assets', async () => {
    const db = getDb();
    const names = ['id', 'ownerId', 'createdAt', 'isTrashed', 'stack'] as const;
    const columns = await listMonth(db, { ...shown, ownerIds: [await addUser(db)] }, '2024-03-01', names);
    expect(columns).toEqual(Object.fromEntries(names.map((name) => [name, '[]'])));
  });
});
