import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import * as albums from '#shared/albums/album.ts';
import { deleteAssets } from '#shared/assets/asset.ts';
import { addMissing, countMissing } from '#shared/scans/bucket-listing.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const count = 70_000;

async function addManyAssets(db: Db, ownerId: string, assetCount: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into asset ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte",
      "fileCreatedAt", "fileModifiedAt", "localDateTime")
    select gen_random_uuid(), ${ownerId}, 'IMAGE', sha256(n::text::bytea), 'p' || n, 'a.jpg', 1, now(), now(), now()
    from generate_series(1, ${assetCount}) n returning "id"`.execute(db);
  return rows.map((row) => row.id);
}

onBothDatabases('large numbers of objects', (getDb) => {
  test('40,000 photos are added to an album at once, and removed', { timeout: 240_000 }, async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const assetIds = await addManyAssets(db, ownerId, 40_000);
    const id = newId();
    await albums.createAlbum(db, { id, albumName: 'All', description: '', ownerId, users: [], assetIds: [] });
    expect((await albums.addAlbumAssets(db, id, assetIds)).size).toBe(40_000);
    expect(await albums.findAlbum(db, id)).toMatchObject({ assetCount: 40_000 });
    expect((await albums.removeAlbumAssets(db, id, assetIds)).size).toBe(40_000);
    expect(await albums.findAlbum(db, id)).toMatchObject({ assetCount: 0 });
  });

  test('10,000 photos are deleted permanently at once, each with its event', { timeout: 240_000 }, async () => {
    const db = getDb();
    const ids = await addManyAssets(db, await addUser(db), 10_000);
    expect(await deleteAssets(db, ids)).toHaveLength(10_000);
    const events = await db.selectFrom('outbox').select('subject').where('subject', 'in', ids).execute();
    expect(events).toHaveLength(10_000);
  });

  test('a listing records 30,000 missing objects', { timeout: 240_000 }, async () => {
    const db = getDb();
    const missing = Array.from({ length: 30_000 }, (_, n) => ({ key: `a "quoted" \\ ключ ${n}`, version: null }));
    await sql`insert into bucket_listing ("bucket") values ('a-bucket')`.execute(db);
    await addMissing(db, 'a-bucket', missing);
    await addMissing(db, 'a-bucket', missing);
    expect(await countMissing(db, 'a-bucket')).toBe(30_000);
    const [first] = await db.selectFrom('bucket_missing').select('key').where('key', 'like', '% 17').execute();
    expect(first).toEqual({ key: 'a "quoted" \\ ключ 17' });
  });

  test('rows with parameters of their own are refused', async () => {
    const rows = ['a', 'b'].map((key) => ({ bucket: 'a-bucket', key, version: null }));
    await expect(getDb().insertInto('bucket_missing').values(rows).execute()).rejects.toThrow('insertRows');
  });
});

onBothDatabases('empty lists', (getDb) => {
  test('match nothing, and everything if negated', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id } = await addAsset(db, ownerId);
    const own = db.selectFrom('asset').select('id').where('ownerId', '=', ownerId);
    for (const column of ['id', 'originalFileName'] as const) {
      expect(await own.where(column, 'in', []).execute()).toEqual([]);
      expect(await own.where(column, 'not in', []).execute()).toEqual([{ id }]);
    }
    for (const column of ['checksum', 'localDateTime', 'fileSizeInByte'] as const)
      expect(await own.where(column, 'in', []).execute()).toEqual([]);
    expect((await db.deleteFrom('asset').where('id', 'in', []).executeTakeFirst()).numDeletedRows).toBe(0n);
  });
});

onBothDatabases('lists longer than a statement has parameters', (getDb) => {
  test('match ids, and exclude them if negated', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [inside, outside] = [await addAsset(db, ownerId), await addAsset(db, ownerId)];
    const ids = [...Array.from({ length: count }, newId), inside.id];
    const own = db.selectFrom('asset').select('id').where('ownerId', '=', ownerId);
    expect(await own.where('id', 'in', ids).execute()).toEqual([{ id: inside.id }]);
    expect(await own.where('id', 'not in', ids).execute()).toEqual([{ id: outside.id }]);
    const updated = await db.updateTable('asset').set({ isFavorite: true }).where('id', 'in', ids).executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(1n);
  });

  test('match checksums and texts', async () => {
    const db = getDb();
    const checksum = randomBytes(20);
    const { id } = await addAsset(db, await addUser(db), {
      checksum,
      originalFileName: 'a "quoted", {braced} \\ name',
    });
    const checksums = [...Array.from({ length: count }, () => randomBytes(20)), checksum];
    const names = [...Array.from({ length: count }, (_, n) => `${n}`), 'a "quoted", {braced} \\ name'];
    const query = db.selectFrom('asset').select('id');
    expect(await query.where('checksum', 'in', checksums).execute()).toEqual([{ id }]);
    expect(await query.where('originalFileName', 'in', names).execute()).toEqual([{ id }]);
  });
});
