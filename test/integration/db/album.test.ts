import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import * as albums from '#shared/albums/album.ts';
import { deleteAssets } from '#shared/assets/asset.ts';
import { trashAssets } from '#shared/assets/asset-details.ts';
import { updateUser } from '#shared/users/user.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const dayOf = (day: number) => new Date(Date.UTC(2024, 0, day));

onBothDatabases('albums', (getDb) => {
  const addAlbum = async (db: Db, ownerId: string, more: Partial<albums.NewAlbum> = {}) => {
    const id = newId();
    await albums.createAlbum(db, { id, albumName: 'Trip', description: '', ownerId, users: [], assetIds: [], ...more });
    return id;
  };
  const addAssets = async (db: Db, ownerId: string, count: number) => {
    const ids: string[] = [];
    for (let n = 1; n <= count; n++) ids.push((await addAsset(db, ownerId, { localDateTime: dayOf(n) })).id);
    return ids;
  };

  test('an album is read in its types, with its visible assets', async () => {
    const db = getDb();
    const [ownerId, other] = [await addUser(db), await addUser(db)];
    const [first = '', second = '', trashed = '', deleted = ''] = await addAssets(db, ownerId, 4);
    const theirs = await addAsset(db, other, { localDateTime: dayOf(9) });
    const id = await addAlbum(db, ownerId, {
      users: [{ userId: other, role: 'editor' }],
      assetIds: [first, second, trashed, deleted, theirs.id],
    });
    await trashAssets(db, [trashed]);
    await deleteAssets(db, [deleted]);
    const found = await albums.findAlbum(db, id);
    expect(found).toEqual({
      album: {
        id,
        albumName: 'Trip',
        description: '',
        albumThumbnailAssetId: first,
        isActivityEnabled: true,
        order: 'desc',
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      },
      users: [
        { role: 'owner', user: expect.objectContaining({ id: ownerId, quotaUsageInBytes: 3000 }) },
        { role: 'editor', user: expect.objectContaining({ id: other }) },
      ],
      assetCount: 3,
      startDate: dayOf(1),
      endDate: dayOf(9),
      lastModifiedAssetTimestamp: expect.any(Date),
      contributors: expect.arrayContaining([
        { userId: ownerId, assetCount: 2 },
        { userId: other, assetCount: 1 },
      ]),
      thumbnailAssetId: first,
    });
    expect((await albums.listAlbums(db, other, {}))[0]).toEqual(found);
  });

  test('an empty album has no dates and no picture', async () => {
    const db = getDb();
    const found = await albums.findAlbum(db, await addAlbum(db, await addUser(db)));
    expect(found).toMatchObject({ assetCount: 0, contributors: [], thumbnailAssetId: null });
    expect([found?.startDate, found?.endDate, found?.lastModifiedAssetTimestamp]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(await albums.findAlbum(db, newId())).toBeUndefined();
  });

  test('members are in the same order on both databases: the owner, then by name, whatever its case', async () => {
    const db = getDb();
    const named = async (name: string) => {
      const id = await addUser(db);
      await updateUser(db, id, { name });
      return id;
    };
    const users: string[] = [];
    for (const name of ['bob', 'Ärger', 'alice', 'Zoe', 'Bobby']) users.push(await named(name));
    const id = await addAlbum(db, await named('zzz'), { users: users.map((userId) => ({ userId, role: 'viewer' })) });
    const found = await albums.findAlbum(db, id);
    expect(found?.users.map((it) => it.user.name)).toEqual(['zzz', 'alice', 'bob', 'Bobby', 'Zoe', 'Ärger']);
  });

  test('lists are the newest first and match the filters', async () => {
    const db = getDb();
    const [me, other] = [await addUser(db), await addUser(db)];
    const [assetId = ''] = await addAssets(db, me, 1);
    const own = await addAlbum(db, me, { albumName: 'Own', assetIds: [assetId] });
    const shared = await addAlbum(db, me, { users: [{ userId: other, role: 'viewer' }] });
    const theirs = await addAlbum(db, other, { users: [{ userId: me, role: 'editor' }] });
    await addAlbum(db, other);
    for (const [n, id] of [own, shared, theirs].entries())
      await db
        .updateTable('album')
        .set({ createdAt: dayOf(n + 1) })
        .where('id', '=', id)
        .execute();
    const list = async (filter: albums.AlbumFilter) =>
      (await albums.listAlbums(db, me, filter)).map((it) => it.album.id);
    expect(await list({})).toEqual([theirs, shared, own]);
    expect(await list({ isOwned: true })).toEqual([shared, own]);
    expect(await list({ isOwned: false })).toEqual([theirs]);
    expect(await list({ isShared: true })).toEqual([theirs, shared]);
    expect(await list({ isShared: false })).toEqual([own]);
    expect(await list({ assetId })).toEqual([own]);
    expect(await list({ name: 'Own' })).toEqual([own]);
    expect(await list({ id: shared, isOwned: false })).toEqual([]);
    expect(await albums.countAlbums(db, me)).toEqual({ owned: 2, shared: 2, notShared: 1 });
    expect(await albums.countAlbums(db, await addUser(db))).toEqual({ owned: 0, shared: 0, notShared: 0 });
  });

  test('adding returns the added assets, and concurrent requests for the same assets do not fail', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [ids, id] = [await addAssets(db, ownerId, 20), await addAlbum(db, ownerId)];
    const added = await Promise.all(
      Array.from({ length: 8 }, (_, n) => albums.addAlbumAssets(db, id, n % 2 === 0 ? ids : ids.toReversed())),
    );
    expect(added.reduce((sum, it) => sum + it.size, 0)).toBe(20);
    expect(await albums.addAlbumAssets(db, id, [ids[0] ?? '', ids[0] ?? ''])).toEqual(new Set());
    expect(await albums.addAlbumAssets(db, id, [])).toEqual(new Set());
    expect(await albums.listAlbumMembersOf(db, id, [...ids, newId()])).toEqual(new Set(ids));
    expect(ids).toContain((await albums.findAlbum(db, id))?.album.albumThumbnailAssetId);
  });

  test('concurrent additions, removals and deletions do not fail', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const ids = await addAssets(db, ownerId, 60);
    const own = await Promise.all(Array.from({ length: 4 }, () => addAlbum(db, ownerId, { assetIds: ids })));
    const gone = ids.slice(0, 20);
    await Promise.all([
      ...own.flatMap((id) => [
        albums.removeAlbumAssets(db, id, ids.toReversed()),
        albums.removeAlbumAssets(db, id, ids.slice(10)),
        albums.addAlbumAssets(db, id, ids.slice(20)),
      ]),
      ...gone.map((id) => deleteAssets(db, [id])),
      deleteAssets(db, gone.toReversed()),
    ]);
    for (const id of own) {
      expect(await albums.listAlbumMembersOf(db, id, gone)).toEqual(new Set());
      const album = await albums.findAlbum(db, id);
      expect(gone).not.toContain(album?.album.albumThumbnailAssetId);
    }
  });

  test('removing returns the removed assets, and a removed thumbnail is replaced', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [first = '', second = '', third = ''] = await addAssets(db, ownerId, 3);
    const id = await addAlbum(db, ownerId, { assetIds: [first, second, third] });
    await db
      .updateTable('album')
      .set({ updatedAt: dayOf(1) })
      .where('id', '=', id)
      .execute();
    expect(await albums.removeAlbumAssets(db, id, [newId()])).toEqual(new Set());
    expect((await albums.findAlbum(db, id))?.album.updatedAt).toEqual(dayOf(1));
    expect(await albums.removeAlbumAssets(db, id, [first, newId()])).toEqual(new Set([first]));
    expect(await albums.findAlbum(db, id)).toMatchObject({
      thumbnailAssetId: third,
      album: { albumThumbnailAssetId: null },
    });
    expect((await albums.findAlbum(db, id))?.album.updatedAt.getTime()).toBeGreaterThan(dayOf(1).getTime());
  });

  test('an owner stays the owner, and a member keeps the role', async () => {
    const db = getDb();
    const [ownerId, other] = [await addUser(db), await addUser(db)];
    const id = await addAlbum(db, ownerId);
    const join = (role: albums.AlbumRole) =>
      albums.addAlbumUsers(db, id, [
        { userId: other, role },
        { userId: ownerId, role },
      ]);
    await join('viewer');
    await join('editor');
    const roles = async () => (await albums.findAlbum(db, id))?.users.map((it) => it.role);
    expect(await roles()).toEqual(['owner', 'viewer']);
    expect(await albums.setAlbumRole(db, id, other, 'editor')).toBe(true);
    expect([
      await albums.setAlbumRole(db, id, ownerId, 'viewer'),
      await albums.removeAlbumUser(db, id, ownerId),
    ]).toEqual([false, false]);
    expect(await roles()).toEqual(['owner', 'editor']);
    expect([await albums.removeAlbumUser(db, id, other), await albums.removeAlbumUser(db, id, other)]).toEqual([
      true,
      false,
    ]);
    await albums.deleteAlbum(db, id);
    expect(await albums.findAlbum(db, id)).toBeUndefined();
  });

  test('an album with a deleted member is not created', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const failing = addAlbum(db, ownerId, { users: [{ userId: newId(), role: 'viewer' }] });
    await expect(failing).rejects.toMatchObject({ code: '23503' });
    expect(await albums.listAlbums(db, ownerId, {})).toEqual([]);
  });

  test('a change keeps the other fields of an album', async () => {
    const db = getDb();
    const id = await addAlbum(db, await addUser(db));
    await albums.updateAlbum(db, id, { description: 'New', order: 'asc', isActivityEnabled: false });
    expect((await albums.findAlbum(db, id))?.album).toMatchObject({
      albumName: 'Trip',
      description: 'New',
      order: 'asc',
      isActivityEnabled: false,
    });
  });

  test('positions are numbers, of visible assets', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [first = '', second = '', third = ''] = await addAssets(db, ownerId, 3);
    const id = await addAlbum(db, ownerId, { assetIds: [first, second, third] });
    for (const table of ['asset', 'asset_exif'] as const) {
      const key = table === 'asset' ? sql.ref('id') : sql.ref('assetId');
      await sql`update ${sql.table(table)} set "latitude" = 0, "longitude" = -0.125, "city" = 'Null Island' where ${key} in (${first}, ${third})`.execute(
        db,
      );
    }
    await trashAssets(db, [third]);
    expect(await albums.listAlbumPositions(db, id)).toEqual([
      { id: first, lat: 0, lon: -0.125, city: 'Null Island', state: null, country: null },
    ]);
  });
});
