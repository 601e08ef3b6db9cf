import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { addAlbumAssets, createAlbum } from '#shared/albums/album.ts';
import { deleteAssets, forgetAsset } from '#shared/assets/asset.ts';
import { editAsset, trashAssets } from '#shared/assets/asset-details.ts';
import { createPerson } from '#shared/people/person.ts';
import { listMonth } from '#shared/timeline/timeline-month.ts';
import { listMonthCounts, type MonthCount, type TimelineFilter } from '#shared/timeline/timeline.ts';
import { restoreAssets } from '#shared/assets/trash.ts';
import type { AssetVisibility } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import { momentAt } from '#test/support/moments.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const shown: Pick<TimelineFilter, 'visibilities' | 'isTrashed' | 'orderBy' | 'order'> = {
  visibilities: ['timeline'],
  isTrashed: false,
  orderBy: 'localDateTime',
  order: 'desc',
};
const visibilities: readonly AssetVisibility[] = ['timeline', 'archive', 'hidden', 'locked'];
const anyOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;
/** A date in one of four months, some at their boundaries. */
const anyDate = () =>
  new Date(
    anyOf([
      '2023-12-31T23:59:59.999Z',
      '2024-01-01T00:00:00Z',
      '2024-01-15T12:00:00Z',
      '2024-02-29T23:59:59.999Z',
      '1969-07-20T20:17:40Z',
    ]),
  );

/** The stored and the current counts of every kind. */
async function countsOf(db: Db, ownerId: string): Promise<{ kept: object[]; counted: object[] }> {
  const kept = await db
    .selectFrom('asset_month_count')
    .selectAll()
    .where('ownerId', '=', ownerId)
    .where('count', '!=', 0)
    .orderBy('month')
    .orderBy(sql`"visibility" collate "C"`)
    .orderBy('isTrashed')
    .orderBy('isFavorite')
    .execute();
  const { rows } = await sql<object>`
    select "ownerId", "visibility", "status" = 'trashed' as "isTrashed", "isFavorite",
      date_trunc('month', "localDateTime" at time zone 'UTC')::date as "month", "type", count(*) as "count"
    from asset where "ownerId" = ${ownerId} and "status" <> 'deleted'
    group by 1, 2, 3, 4, 5, 6 order by "month", "visibility" collate "C", "isTrashed", "isFavorite"`.execute(db);
  return { kept, counted: rows };
}

/** Adds, changes and removes assets at random; returns the remaining ones. */
async function changeAtRandom(db: Db, ownerId: string, ids: readonly string[], turns: number): Promise<void> {
  const own = [...ids];
  const some = () => own.filter(() => Math.random() < 0.4);
  for (let turn = 0; turn < turns; turn++) {
    const asset = { localDateTime: anyDate(), visibility: anyOf(visibilities), isFavorite: Math.random() < 0.5 };
    const change = anyOf([
      async () => own.push((await addAsset(db, ownerId, asset)).id),
      () => editAsset(db, some(), { isFavorite: asset.isFavorite }),
      () => editAsset(db, some(), { visibility: asset.visibility }),
      () => editAsset(db, some(), { moment: momentAt(asset.localDateTime, anyOf(['UTC+14', 'Europe/Paris', null])) }),
      () => trashAssets(db, some()),
      () => restoreAssets(db, some()),
      () => deleteAssets(db, some().slice(0, 2)),
      () => forgetAsset(db, { id: anyOf(own), originalPath: '', isExternal: false, libraryId: null }),
      () => db.deleteFrom('asset').where('id', '=', anyOf(own)).execute(),
    ]);
    await change();
  }
}

onBothDatabases('timeline', (getDb) => {
  const library = async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const ids: string[] = [];
    for (let n = 0; n < 12; n++)
      ids.push((await addAsset(db, ownerId, { localDateTime: anyDate(), isFavorite: n % 3 === 0 })).id);
    return { db, ownerId, ids };
  };

  describe('stored counts', () => {
    test('match the current counts after random changes', async () => {
      const { db, ownerId, ids } = await library();
      for (let turn = 0; turn < 6; turn++) {
        await changeAtRandom(db, ownerId, ids, 15);
        const { kept, counted } = await countsOf(db, ownerId);
        expect(kept).toEqual(counted);
      }
    });

    test('are correct after concurrent changes of the same assets, none of which failed', async () => {
      const { db, ownerId, ids } = await library();
      await Promise.all(Array.from({ length: 8 }, () => changeAtRandom(db, ownerId, ids, 25)));
      const { kept, counted } = await countsOf(db, ownerId);
      expect(kept).toEqual(counted);
      expect(kept.length).toBeGreaterThan(0);
    });

    test('are correct after statements that change many assets of many months', async () => {
      const { db, ownerId } = await library();
      await sql`update asset set "localDateTime" = "localDateTime" + interval '1 month' where "ownerId" = ${ownerId}`.execute(
        db,
      );
      await sql`update asset set "ownerId" = ${await addUser(db)} where "ownerId" = ${ownerId} and "isFavorite"`.execute(
        db,
      );
      const { kept, counted } = await countsOf(db, ownerId);
      expect(kept).toEqual(counted);
      await db.deleteFrom('asset').where('ownerId', '=', ownerId).execute();
      expect(await countsOf(db, ownerId)).toEqual({ kept: [], counted: [] });
    });

    test('are rolled back with a failed transaction', async () => {
      const { db, ownerId } = await library();
      const before = await countsOf(db, ownerId);
      const failing = db.transaction().execute(async (tx) => {
        await tx.updateTable('asset').set({ isFavorite: true }).where('ownerId', '=', ownerId).execute();
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await countsOf(db, ownerId)).toEqual(before);
    });
  });

  test('months are text with a number, filtered and in the requested order', async () => {
    const db = getDb();
    const [ownerId, other] = [await addUser(db), await addUser(db)];
    const january = new Date('2024-01-01T00:00:00Z');
    await addAsset(db, ownerId, { localDateTime: january, isFavorite: true });
    await addAsset(db, ownerId, { localDateTime: new Date('2023-12-31T23:59:59.999Z') });
    await addAsset(db, other, { localDateTime: january });
    await addAsset(db, ownerId, { localDateTime: january, visibility: 'archive' });
    await trashAssets(db, [(await addAsset(db, ownerId, { localDateTime: january })).id]);
    const counts = (more: Partial<TimelineFilter>): Promise<MonthCount[]> => listMonthCounts(db, { ...shown, ...more });
    const [dec, jan] = [
      { month: '2023-12-01', count: 1 },
      { month: '2024-01-01', count: 1 },
    ];
    expect(await counts({ ownerIds: [ownerId] })).toEqual([jan, dec]);
    expect(await counts({ ownerIds: [ownerId], order: 'asc' })).toEqual([dec, jan]);
    expect(await counts({ ownerIds: [ownerId, other] })).toEqual([{ ...jan, count: 2 }, dec]);
    expect(await counts({ ownerIds: [ownerId], isFavorite: true })).toEqual([jan]);
    expect(await counts({ ownerIds: [ownerId], visibilities: ['timeline', 'archive'] })).toEqual([
      { ...jan, count: 2 },
      dec,
    ]);
    expect(await counts({ ownerIds: [ownerId], isTrashed: true })).toEqual([jan]);
  });

  test('an album and a person have the months of their own assets', async () => {
    const db = getDb();
    const { ownerId, ids } = await library();
    const [first = '', second = '', third = ''] = ids;
    const albumId = newId();
    await createAlbum(db, { id: albumId, albumName: 'A', description: '', ownerId, users: [], assetIds: [] });
    await addAlbumAssets(db, albumId, [first, second]);
    const { id: personId } = await createPerson(db, ownerId, { name: 'Ann' });
    await addFace(db, third, { personId });
    await addFace(db, first, { personId, deletedAt: new Date() });
    const sum = async (more: Partial<TimelineFilter>) =>
      (await listMonthCounts(db, { ...shown, ...more })).reduce((all, it) => all + it.count, 0);
    expect([await sum({ albumId }), await sum({ personId }), await sum({ albumId, personId })]).toEqual([2, 1, 0]);
  });

  test('the months of a library hold each of its assets once, newest first, by either date', async () => {
    const { db, ownerId, ids } = await library();
    for (const orderBy of ['localDateTime', 'createdAt'] as const) {
      const filter = { ...shown, ownerIds: [ownerId], orderBy };
      const found: string[] = [];
      for (const { month, count } of await listMonthCounts(db, filter)) {
        const { id } = await listMonth(db, filter, month, ['id']);
        const monthIds = JSON.parse(id) as string[];
        expect(monthIds).toHaveLength(count);
        found.push(...monthIds);
      }
      expect(found.toSorted()).toEqual(ids.toSorted());
      const dates = await db.selectFrom('asset').select(['id', orderBy]).where('ownerId', '=', ownerId).execute();
      const timeOf = new Map(dates.map((row) => [row.id, row[orderBy].getTime()]));
      const times = found.map((id) => timeOf.get(id) ?? 0);
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    }
  });
});
