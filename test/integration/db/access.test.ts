import { expect, test } from 'vitest';
import { listAccessibleAlbums, listAccessibleAssets, listOwnFaces, listOwnPeople } from '#shared/access/access.ts';
import { createAlbum } from '#shared/albums/album.ts';
import { editAsset } from '#shared/assets/asset-details.ts';
import { deleteAssets } from '#shared/assets/asset.ts';
import { createPerson } from '#shared/people/person.ts';
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
      id: albumId,
      albumName: 'A',
      description: '',
      ownerId,
      users: [{ userId: memberId, role: 'viewer' }],
      assetIds: [shown, locked, trashed],
    });
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

  test('a member reaches the visible assets of the album without owning them; other users reach nothing', async () => {
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
    const [owner, member] = [ownerId, memberId].map((userId) => ({ userId, seesLocked: false }) as const);
    if (owner === undefined || member === undefined) throw new Error('there are two');
    expect(await listOwnPeople(db, owner, [person.id, newId()])).toEqual(new Set([person.id]));
    expect(await listOwnFaces(db, owner, [faceId, newId()])).toEqual(new Set([faceId]));
    expect(await listOwnPeople(db, member, [person.id])).toEqual(new Set());
    expect(await listOwnFaces(db, member, [faceId])).toEqual(new Set());
    await deleteAssets(db, [shown]);
    expect(await listOwnFaces(db, owner, [faceId])).toEqual(new Set());
  });

  test('faces on locked assets, and people who are only on those, are reached only with the PIN code', async () => {
    const { db, ownerId: userId, shown, locked } = await sharedAlbum();
    const [secret, known, unseen] = [
      await createPerson(db, userId, { name: 'Secret' }),
      await createPerson(db, userId, { name: 'Known' }),
      await createPerson(db, userId, { name: 'Unseen' }),
    ];
    const hidden = await addFace(db, locked, { personId: secret.id });
    await addFace(db, locked, { personId: known.id });
    const face = await addFace(db, shown, { personId: known.id });
    const people = [secret.id, known.id, unseen.id];
    const reach = async (seesLocked: boolean) => ({
      people: await listOwnPeople(db, { userId, seesLocked }, people),
      faces: await listOwnFaces(db, { userId, seesLocked }, [hidden, face]),
    });
    expect(await reach(false)).toEqual({ people: new Set([known.id, unseen.id]), faces: new Set([face]) });
    expect(await reach(true)).toEqual({ people: new Set(people), faces: new Set([hidden, face]) });
  });

  test('the moving part of a locked photo is reached only with the PIN, whatever its own visibility', async () => {
    const db = getDb();
    const userId = await addUser(db);
    const video = (await addAsset(db, userId, { type: 'VIDEO', visibility: 'hidden' })).id;
    const photo = (await addAsset(db, userId, { livePhotoVideoId: video })).id;
    const reach = (seesLocked: boolean) => listAccessibleAssets(db, { userId, seesLocked }, [video], 'own');
    expect(await reach(false)).toEqual(new Set([video]));
    await editAsset(db, [photo], { visibility: 'locked' });
    expect(await reach(false)).toEqual(new Set());
    expect(await reach(true)).toEqual(new Set([video]));
    await editAsset(db, [photo], { visibility: 'timeline' });
    expect(await reach(false)).toEqual(new Set([video]));
  });

  test('an empty list of ids gives an empty result', async () => {
    const { db, ownerId } = await sharedAlbum();
    expect(await listAccessibleAssets(db, { userId: ownerId, seesLocked: true }, [], 'shared')).toEqual(new Set());
    expect(await listAccessibleAlbums(db, ownerId, [], ['owner'])).toEqual(new Set());
    expect(await listOwnPeople(db, { userId: ownerId, seesLocked: true }, [])).toEqual(new Set());
    expect(await listOwnFaces(db, { userId: ownerId, seesLocked: true }, [])).toEqual(new Set());
  });
});
