import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { addAlbumAssets, createAlbum, deleteAlbum, removeAlbumAssets } from '#shared/albums/album.ts';
import { deleteAssets, forgetAsset } from '#shared/assets/asset.ts';
import { editAsset, trashAssets } from '#shared/assets/asset-details.ts';
import { restoreAssets } from '#shared/assets/trash.ts';
import { newId } from '#shared/ids/ids.ts';
import { momentAt } from '#test/support/moments.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

/** Numbers below `max` that are the same in every run (a linear congruential generator). */
function sequence(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

const dates = [
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00Z',
  '2023-12-31T23:59:59.999Z',
  '2024-01-01T00:00:00Z',
  '2024-02-29T12:00:00Z',
  '2024-03-01T00:00:00Z',
].map((it) => new Date(it));
const visibilities = ['timeline', 'archive', 'hidden', 'locked'] as const;

/** One random change, as the API makes it. */
async function changeSomething(db: Db, owners: readonly string[], below: (max: number) => number): Promise<void> {
  const pick = <T>(of: readonly T[]): T => {
    const chosen = of[below(of.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  };
  const date = pick(dates);
  const all = await db.selectFrom('asset').select('id').orderBy('id').execute();
  const some = all.filter(() => below(4) === 0).map((row) => row.id);
  // In varying order, so that locking rows in the given order would deadlock.
  if (below(2) === 0) some.reverse();
  const albums = await db.selectFrom('album').select('id').orderBy('id').execute();
  const albumId = albums.length === 0 ? '' : pick(albums).id;
  switch (below(12)) {
    case 0:
    case 1:
      await addAsset(db, pick(owners), {
        localDateTime: date,
        visibility: pick(visibilities),
        isFavorite: below(2) === 0,
      });
      break;
    case 2:
      await editAsset(db, some, { isFavorite: below(2) === 0, visibility: pick(visibilities) });
      break;
    case 3:
      await editAsset(db, some, { moment: momentAt(date) });
      break;
    case 4:
      await trashAssets(db, some);
      break;
    case 5:
      await restoreAssets(db, some);
      break;
    case 6:
    case 7:
      if (albumId !== '') await addAlbumAssets(db, albumId, some);
      break;
    case 8:
      if (albumId !== '') await removeAlbumAssets(db, albumId, some);
      break;
    case 9:
      // As in the removal of an account: deletes rows that were never marked as deleted.
      if (below(3) === 0)
        await db
          .deleteFrom('asset')
          .where('id', 'in', [newId(), ...some.slice(0, 1)])
          .execute();
      break;
    case 10:
      if (below(4) === 0 && albumId !== '') {
        await deleteAlbum(db, albumId);
        await createAlbum(db, {
          id: newId(),
          albumName: 'A',
          description: '',
          ownerId: pick(owners),
          users: [],
          assetIds: some,
        });
      }
      break;
    default: {
      const [gone] = await deleteAssets(db, some.slice(0, 1));
      if (gone !== undefined)
        await forgetAsset(db, { id: gone.id, originalPath: '', isExternal: false, libraryId: null });
    }
  }
}

const asText = (rows: readonly object[]): string[] =>
  rows.map((row) => JSON.stringify(row, Object.keys(row).toSorted())).toSorted();

interface Counts {
  months: string[];
  albums: string[];
}

async function kept(db: Db): Promise<Counts> {
  const months = await db.selectFrom('asset_month_count').selectAll().where('count', '!=', 0).execute();
  const albums = await db.selectFrom('album_content').selectAll().where('assetCount', '!=', 0).execute();
  return { months: asText(months), albums: asText(albums) };
}

async function counted(db: Db): Promise<Counts> {
  const months = await sql<object>`
    select "ownerId", "visibility", "status" = 'trashed' as "isTrashed", "isFavorite",
      date_trunc('month', "localDateTime" at time zone 'UTC')::date as "month", "type", count(*) as "count"
    from asset where "status" <> 'deleted' group by 1, 2, 3, 4, 5, 6`.execute(db);
  const albums = await sql<object>`
    select "albumId", "ownerId", count(*) as "assetCount", min("localDateTime") as "startDate",
      max("localDateTime") as "endDate", max("updatedAt") as "modifiedAt",
      (array_agg("id" order by "localDateTime" desc, "id"))[1] as "newestId"
    from album_asset join asset on "id" = "assetId"
    where "status" = 'active' and "visibility" in ('timeline', 'archive') group by 1, 2`.execute(db);
  return { months: asText(months.rows), albums: asText(albums.rows) };
}

async function addAlbums(db: Db, ownerId: string): Promise<void> {
  for (const albumName of ['A', 'B', 'C'])
    await createAlbum(db, { id: newId(), albumName, description: '', ownerId, users: [], assetIds: [] });
}

onBothDatabases('the kept counts of months and albums', (getDb, kind) => {
  test.each([1, 2, 3])('match a GROUP BY after each of many random changes (%i)', async (seed) => {
    const db = getDb();
    const owners = [await addUser(db), await addUser(db)];
    await addAlbums(db, owners[0] ?? '');
    const below = sequence(seed);
    const most = { months: 0, albums: 0 };
    for (let n = 0; n < 100; n += 1) {
      await changeSomething(db, owners, below);
      const counts = await counted(db);
      expect(await kept(db)).toEqual(counts);
      most.months = Math.max(most.months, counts.months.length);
      most.albums = Math.max(most.albums, counts.albums.length);
    }
    expect(most.months).toBeGreaterThan(3);
    expect(most.albums).toBeGreaterThan(1);
  });

  test('are correct after concurrent writers, none of which failed', async () => {
    const db = getDb();
    const owners = [await addUser(db), await addUser(db)];
    await addAlbums(db, owners[0] ?? '');
    const writers = kind === 'postgres' ? 8 : 3;
    const work = Array.from({ length: writers }, async (_, writer) => {
      const below = sequence(100 + writer);
      for (let n = 0; n < 40; n += 1) await changeSomething(db, owners, below);
    });
    const outcomes = await Promise.allSettled(work);
    expect(outcomes.flatMap((it) => (it.status === 'rejected' ? [String(it.reason)] : []))).toEqual([]);
    expect(await kept(db)).toEqual(await counted(db));
  });

  test('follow many rows that one statement adds, moves and removes', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const of = async () =>
      (
        await sql<{ month: string; count: number }>`
        select "month", sum("count") as "count" from asset_month_count where "ownerId" = ${owner} and "count" > 0
        group by 1 order by 1`.execute(db)
      ).rows;
    await sql`
      insert into asset ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte",
        "fileCreatedAt", "fileModifiedAt", "localDateTime")
      select gen_random_uuid(), ${owner}, 'IMAGE', sha256(n::text::bytea), 'p' || n, 'a.jpg', 1, at, at, at
      from (select n, timestamptz '2020-01-15Z' + (n % 12) * interval '1 month' as at from generate_series(1, 1200) n) rows`.execute(
      db,
    );
    expect((await of()).map((row) => row.count)).toEqual(Array.from({ length: 12 }, () => 100));
    await sql`update asset set "localDateTime" = timestamptz '2021-06-01Z' where "ownerId" = ${owner} and "localDateTime" < '2020-07-01Z'`.execute(
      db,
    );
    expect(await of()).toContainEqual({ month: '2021-06-01', count: 600 });
    await sql`delete from asset where "ownerId" = ${owner}`.execute(db);
    expect(await of()).toEqual([]);
  });
});
