import { expect, test } from 'vitest';
import { toVectorText } from '#shared/people/asset-face.ts';
import { countAssetsOfPerson, countPeople, createPerson, findPerson, listPeople } from '#shared/people/person.ts';
import { addDrawnFace, deletePeople, mergePeople, moveFaces, removeFace } from '#shared/people/place-face.ts';
import type { Db } from '#shared/db/db.ts';
import { addAsset, addFace, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const everybody = { withHidden: true, facesMin: 1, limit: 100, offset: 0 };

function towards(axis: number): string {
  const vector = new Float32Array(512);
  vector[0] = 0.2;
  vector[axis] = 1;
  return toVectorText(vector);
}

onBothDatabases('people', (getDb) => {
  /** A person with a face on a new asset, whose embedding points to `axis`. */
  async function seen(db: Db, ownerId: string, name: string, axis?: number) {
    const { id: assetId } = await addAsset(db, ownerId);
    const person = await createPerson(db, ownerId, { name });
    const faceId = await addFace(db, assetId, { personId: person.id });
    await db.updateTable('person').set({ faceAssetId: faceId }).where('id', '=', person.id).execute();
    if (axis !== undefined)
      await db
        .insertInto('face_search')
        .values({ faceId, ownerId, modelSet: 'test', embedding: towards(axis) })
        .execute();
    return { ...person, faceId, assetId };
  }

  test('names are in the same order on both databases, whatever their case', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    for (const name of ['bob', 'Ärger', 'alice', 'Zoe', 'Bobby', '']) await seen(db, ownerId, name);
    const people = await listPeople(db, ownerId, everybody);
    expect(people.map((it) => it.name)).toEqual(['alice', 'bob', 'Bobby', 'Zoe', 'Ärger', '']);
    expect(await countPeople(db, ownerId)).toEqual({ total: 6, hidden: 0 });
    expect(await countPeople(db, await addUser(db))).toEqual({ total: 0, hidden: 0 });
  });

  test('the people most similar to a face come first, those without an embedding last', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const unlike = await seen(db, ownerId, 'A', 7);
    const alike = await seen(db, ownerId, 'B', 5);
    const unknown = await seen(db, ownerId, 'C');
    const { faceId, assetId } = await seen(db, ownerId, 'D', 5);
    for (const closestTo of [faceId, assetId]) {
      const order = (await listPeople(db, ownerId, { ...everybody, closestTo })).map((it) => it.name);
      expect(new Set(order.slice(0, 2))).toEqual(new Set([alike.name, 'D']));
      expect(order.slice(2)).toEqual([unlike.name, unknown.name]);
    }
    const stranger = await seen(db, await addUser(db), 'E', 7);
    const order = await listPeople(db, ownerId, { ...everybody, closestTo: stranger.faceId });
    expect(order.map((it) => it.name)).toEqual(['A', 'B', 'C', 'D']);
  });

  test('a person whose portrait lost its face gets their largest visible face', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const person = await seen(db, ownerId, 'A');
    const [small, large, trashed] = [
      await addAsset(db, ownerId),
      await addAsset(db, ownerId),
      await addAsset(db, ownerId, { status: 'trashed' }),
    ];
    await addFace(db, small.id, { personId: person.id, edge: 20 });
    const largest = await addFace(db, large.id, { personId: person.id, edge: 200 });
    await addFace(db, trashed.id, { personId: person.id, edge: 900 });
    await db.updateTable('person').set({ thumbnailPath: 'old' }).where('id', '=', person.id).execute();
    await removeFace(db, person.faceId, 'hidden');
    expect(await findPerson(db, person.id)).toMatchObject({ faceAssetId: largest, thumbnailPath: '' });
    expect(await stateOf(db, large.id, 'people')).toBe('pending');
    for (const { id } of await db.selectFrom('asset_face').select('id').where('personId', '=', person.id).execute())
      await removeFace(db, id, 'forgotten');
    expect(await findPerson(db, person.id)).toMatchObject({ faceAssetId: null });
  });

  test('a portrait waits for the faces of its asset, and a run that has begun is repeated', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const person = await createPerson(db, ownerId, { name: 'A' });
    const { id: assetId } = await addAsset(db, ownerId);
    const stage = (state: 'queued' | 'active', name: 'faces' | 'people') =>
      db
        .insertInto('asset_stage')
        .values({ assetId, stage: name, state, recipe: 'r', reason: null, holder: 'h', leaseUntil: null })
        .execute();
    const box = {
      imageWidth: 10,
      imageHeight: 10,
      boundingBoxX1: 0,
      boundingBoxY1: 0,
      boundingBoxX2: 9,
      boundingBoxY2: 9,
    };
    await stage('queued', 'faces');
    const first = await addDrawnFace(db, person, { ...box, assetId });
    expect(await stateOf(db, assetId, 'people')).toBeUndefined();
    await stage('active', 'people');
    await addDrawnFace(db, person, { ...box, assetId });
    expect(await stateOf(db, assetId, 'people')).toBe('active');
    await removeFace(db, first, 'forgotten');
    const row = await db
      .selectFrom('asset_stage')
      .selectAll()
      .where('assetId', '=', assetId)
      .where('stage', '=', 'people')
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'pending', holder: null, recipe: null });
  });

  test('after concurrent moves, merges and deletions every face has an existing person or none', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => seen(db, ownerId, `P${n}`)));
    const [first, second, third] = people;
    if (first === undefined || second === undefined || third === undefined) throw new Error('eight were made');
    const ids = people.map((it) => it.id);
    await Promise.all([
      mergePeople(db, ownerId, ids.slice(0, 5)),
      mergePeople(db, ownerId, ids.slice(0, 5)),
      ...people.slice(5).map((it) => moveFaces(db, [it.faceId], first)),
      deletePeople(db, ownerId, ids.slice(5)),
      removeFace(db, third.faceId, 'hidden'),
    ]);
    expect(await countAssetsOfPerson(db, first)).toBe(7);
    expect((await listPeople(db, ownerId, everybody)).map((it) => it.id)).toEqual([first.id]);
    expect(await mergePeople(db, ownerId, [first.id, second.id])).toEqual([]);
  });

  test('a deleted person gets no faces', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [gone, other] = [await seen(db, ownerId, 'A'), await seen(db, ownerId, 'B')];
    await deletePeople(db, ownerId, [gone.id]);
    await expect(moveFaces(db, [other.faceId], gone)).rejects.toMatchObject({ code: 'access/denied' });
    expect(await countAssetsOfPerson(db, other)).toBe(1);
  });

  test('people of another owner are neither merged nor deleted', async () => {
    const db = getDb();
    const [ownerId, other] = [await addUser(db), await addUser(db)];
    const [a, b] = [await seen(db, ownerId, 'A'), await seen(db, ownerId, 'B')];
    expect(await mergePeople(db, other, [a.id, b.id])).toEqual([]);
    expect(await deletePeople(db, other, [a.id])).toEqual([]);
    expect(await countPeople(db, ownerId)).toMatchObject({ total: 2 });
  });
});
