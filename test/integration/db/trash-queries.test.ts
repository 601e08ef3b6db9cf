import { expect, test } from 'vitest';
import { deleteAssets, findAsset } from '#shared/assets/asset.ts';
import { trashAssets } from '#shared/assets/asset-details.ts';
import { listTrash, restoreAssets, restoreTrash } from '#shared/assets/trash.ts';
import type { Db } from '#shared/db/db.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

onBothDatabases('trash', (getDb) => {
  const trashed = async (db: Db, ownerId: string, count: number) => {
    const assets = await Promise.all(Array.from({ length: count }, () => addAsset(db, ownerId)));
    const ids = assets.map((it) => it.id);
    await trashAssets(db, ids);
    return ids;
  };
  const statusOf = async (db: Db, id: string) => (await findAsset(db, id))?.status;

  test('emptying skips assets that were restored after it had read them', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [restored = '', gone = ''] = await trashed(db, ownerId, 2);
    const { id: albumId } = await db
      .insertInto('album')
      .values({ id: restored, albumName: 'A', albumThumbnailAssetId: restored })
      .returning('id')
      .executeTakeFirstOrThrow();
    await db.insertInto('album_asset').values({ albumId, assetId: restored }).execute();
    const seen = (await listTrash(db, ownerId, 10)).map((it) => it.id);
    await restoreAssets(db, [restored]);
    expect((await deleteAssets(db, seen, 'trashed')).map((it) => it.id)).toEqual([gone]);
    expect([await statusOf(db, restored), await statusOf(db, gone)]).toEqual(['active', 'deleted']);
    expect(await db.selectFrom('album_asset').selectAll().where('albumId', '=', albumId).execute()).toHaveLength(1);
    expect(await deleteAssets(db, [restored], 'trashed')).toEqual([]);
  });

  test('a concurrent emptying and restoring give each asset exactly one outcome', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const ids = await trashed(db, ownerId, 40);
    const [deleted, count] = await Promise.all([deleteAssets(db, ids, 'trashed'), restoreTrash(db, ownerId)]);
    expect(deleted.length + count).toBe(40);
    for (const { id } of deleted) expect(await statusOf(db, id)).toBe('deleted');
    expect(await listTrash(db, ownerId, 100)).toEqual([]);
  });

  test('more ids than a statement has parameters are restored', async () => {
    const db = getDb();
    const [id = ''] = await trashed(db, await addUser(db), 1);
    await restoreAssets(
      db,
      Array.from({ length: 70_000 }, () => id),
    );
    expect(await statusOf(db, id)).toBe('active');
  });
});
