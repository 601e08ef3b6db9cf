import { expect, test } from 'vitest';
import { listAccessibleAlbums, listAccessibleAssets, listOwnFaces, listOwnPeople } from '#shared/db/queries/access.ts';
import { createAlbum } from '#shared/db/queries/album.ts';
import { deleteAssets } from '#shared/db/queries/asset.ts';
import { createPerson } from '#shared/db/queries/person.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

onBothDatabases('access', (getDb) => {
  const sharedAlbum = async () => {
    const db = getDb();
    const [ownerId, memberId, strangerId] = [await addUser(db), await addUser(db), await addUser(db)];
    const shown = (await addAsset(db, ownerId)).id;
    const locked = (await addAsset(db, ownerId, { visibility: 'locked' })).id;
    const trashed = (await addAsset(db, ownerId, { status: 'trashed' })).id;
    const apart = (await addAsset(db, ownerId)).id;
    const albumId = newId();
    await createAlbum(db, {
      id: albumId, albumName: 'A', description: '', ownerId, users: [{ userId: memberId, role: 'viewer' }], assetIds: [shown, locked, trashed],
    }); // prettier-ignore
    return { db, ownerId, memberId, strangerId, shown, locked, trashed, apart, albumId };
  };

  test('an owner reaches their own assets, locked ones only with the PIN, deleted ones never', async () => {
    const { db, ownerId: userId, shown, locked, trashed, apart } = await sharedAlbum();
    const deleted = (await addAsset(db, userId)).id;
    await deleteAssets(db, [deleted]);
    const ids = [shown, locked, trashed, apart, deleted, newId()];
    const reach = (seesLocked: boolean) => listAccessibleAssets(db, { userId, seesLocked }, ids, 'own');
    expect(await reach(false)).toEqual(new Set([shown, trashed, apart]));
    expect(await reach(true)).toEqual(new Set([shown, locked, trashed, apart]));
  });

  test('a member reaches what of the album can be seen, and owns none of it; a stranger reaches nothing', async () => {
    const { db, memberId, strangerId, shown, locked, trashed, apart } = await sharedAlbum();
    const ids = [shown, locked, trashed, apart];
    const reach = (userId: string, of: 'own' | 'shared') =>
      listAccessibleAssets(db, { userId, seesLocked: true }, ids, of);
    expect(await reach(memberId, 'shared')).toEqual(new Set([shown]));
    expect(await reach(memberId, 'own')).toEqual(new Set());
    expect(await reach(strangerId, 'shared')).toEqual(new Set());
  });

  test('an album is reached by those with one of the roles', async () => {
    const { db, ownerId, memberId, strangerId, albumId } = await sharedAlbum();
    const reach = async (userId: string, roles: ('owner' | 'editor' | 'viewer')[]) =>
      (await listAccessibleAlbums(db, userId, [albumId, newId()], roles)).has(albumId);
    expect(await reach(ownerId, ['owner', 'editor'])).toBe(true);
    expect(await reach(memberId, ['owner', 'editor'])).toBe(false);
    expect(await reach(memberId, ['viewer'])).toBe(true);
    expect(await reach(strangerId, ['owner', 'editor', 'viewer'])).toBe(false);
  });

  test('people and faces are reached by their owner only', async () => {
    const { db, ownerId, memberId, shown } = await sharedAlbum();
    const person = await createPerson(db, ownerId, { name: 'Ann' });
    const faceId = await addFace(db, shown, { personId: person.id });
    expect(await listOwnPeople(db, ownerId, [person.id, newId()])).toEqual(new Set([person.id]));
    expect(await listOwnFaces(db, ownerId, [faceId, newId()])).toEqual(new Set([faceId]));
    expect(await listOwnPeople(db, memberId, [person.id])).toEqual(new Set());
    expect(await listOwnFaces(db, memberId, [faceId])).toEqual(new Set());
    await deleteAssets(db, [shown]);
    expect(await listOwnFaces(db, ownerId, [faceId])).toEqual(new Set());
  });

  test('nobody reaches anything of no ids', async () => {
    const { db, ownerId } = await sharedAlbum();
    expect(await listAccessibleAssets(db, { userId: ownerId, seesLocked: true }, [], 'shared')).toEqual(new Set());
    expect(await listAccessibleAlbums(db, ownerId, [], ['owner'])).toEqual(new Set());
    expect(await listOwnPeople(db, ownerId, [])).toEqual(new Set());
    expect(await listOwnFaces(db, ownerId, [])).toEqual(new Set());
  });
});
