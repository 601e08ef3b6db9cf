import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { listNearestFaces, replaceFaces } from '#shared/people/asset-face.ts';
import type { Db } from '#shared/db/db.ts';
import { findPeople } from '#functions/people/people.ts';
import type { StageResult } from '#shared/pipeline/run-stage.ts';
import { explain } from '#test/support/explain.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './db/both-databases.ts';

const likeness = { name: 'test', distanceMax: 0.5, facesMin: 3 };

/** A different direction for each person, slightly changed for each picture, so that distances within a person are small. */
function embeddingOf(person: number, picture: number): Float32Array {
  const vector = new Float32Array(512);
  vector[person] = 1;
  vector[100 + person * 20 + picture] = 0.4;
  const length = Math.hypot(...vector);
  return vector.map((it) => it / length);
}

interface Picture {
  name: string;
  people: readonly number[];
}

const pictures: Picture[] = [
  ...Array.from({ length: 5 }, (_, n) => ({ name: `0-${n}`, people: [0] })),
  ...Array.from({ length: 4 }, (_, n) => ({ name: `1-${n}`, people: [1] })),
  ...Array.from({ length: 2 }, (_, n) => ({ name: `2-${n}`, people: [2] })),
  { name: 'group', people: [0, 1, 3] },
];

async function addPicture(db: Db, ownerId: string, { name, people }: Picture, n: number): Promise<string> {
  const { id } = await addAsset(db, ownerId, { originalFileName: `${name}.jpg` });
  const faces = people.map((person, at) => ({
    x1: at * 100,
    y1: 0,
    x2: at * 100 + 80,
    y2: 80,
    score: 0.9,
    embedding: embeddingOf(person, n),
  }));
  await db
    .transaction()
    .execute((tx) =>
      replaceFaces(tx, { assetId: id, ownerId, modelSet: 'test', imageWidth: 400, imageHeight: 100, faces }),
    );
  return id;
}

async function prepare(db: Db, assetId: string): Promise<StageResult> {
  const asset = await db.selectFrom('asset').selectAll().where('id', '=', assetId).executeTakeFirstOrThrow();
  return findPeople(db, asset, likeness);
}

async function group(db: Db, assetId: string): Promise<void> {
  await write(db, await prepare(db, assetId));
}

async function write(db: Db, found: StageResult): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await found.lock?.(tx);
    await found.write?.(tx);
  });
}

/** The pictures of each person, without the ids of persons. */
async function readPeople(db: Db, ownerId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('asset_face')
    .innerJoin('asset', 'asset.id', 'asset_face.assetId')
    .select(['asset_face.personId', 'asset.originalFileName', 'asset_face.boundingBoxX1'])
    .where('asset.ownerId', '=', ownerId)
    .execute();
  const groups = Map.groupBy(rows, (row) => row.personId ?? 'nobody');
  return [...groups]
    .map(
      ([person, faces]) =>
        `${person === 'nobody' ? 'nobody' : 'person'}: ${faces
          .map((it) => `${it.originalFileName}@${it.boundingBoxX1}`)
          .toSorted((a, b) => (a < b ? -1 : 1))
          .join(' ')}`,
    )
    .toSorted((a, b) => (a < b ? -1 : 1));
}

const expected = [
  'nobody: 2-0.jpg@0 2-1.jpg@0 group.jpg@200',
  'person: 0-0.jpg@0 0-1.jpg@0 0-2.jpg@0 0-3.jpg@0 0-4.jpg@0 group.jpg@0',
  'person: 1-0.jpg@0 1-1.jpg@0 1-2.jpg@0 1-3.jpg@0 group.jpg@100',
];

const rotate = <T>(list: readonly T[], by: number): T[] => [...list.slice(by), ...list.slice(0, by)];

onBothDatabases('people', (getDb) => {
  test.each([0, 3, 7, 11])('are the same when pictures arrive one by one, begun at %d', async (start) => {
    const db = getDb();
    const ownerId = await addUser(db);
    for (const [n, picture] of rotate(pictures, start).entries())
      await group(db, await addPicture(db, ownerId, picture, n));
    expect(await readPeople(db, ownerId)).toEqual(expected);
  });

  test('are the same when all arrive at once', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const ids = await Promise.all(pictures.map((picture, n) => addPicture(db, ownerId, picture, n)));
    await Promise.all([...ids, ...ids].map((id) => group(db, id)));
    expect(await readPeople(db, ownerId)).toEqual(expected);
  });

  test('are found without searches under the lock, also if other faces arrive after the search', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const prepared: StageResult[] = [];
    for (const [n, picture] of pictures.entries())
      prepared.push(await prepare(db, await addPicture(db, ownerId, picture, n)));
    await db.deleteFrom('face_search').where('ownerId', '=', ownerId).execute();
    for (const found of prepared) await write(db, found);
    expect(await readPeople(db, ownerId)).toEqual(expected);
  });

  test('of two owners are never mixed, and a name stays with its person when more pictures arrive', async () => {
    const db = getDb();
    const [ada, ben] = [await addUser(db), await addUser(db)];
    for (const [n, picture] of pictures.slice(0, 5).entries()) {
      await group(db, await addPicture(db, ada, picture, n));
      await group(db, await addPicture(db, ben, picture, n));
    }
    const [person] = await db.selectFrom('person').select(['id', 'faceAssetId']).where('ownerId', '=', ada).execute();
    expect(person?.faceAssetId).not.toBeNull();
    await db
      .updateTable('person')
      .set({ name: 'Grandma' })
      .where('id', '=', person?.id ?? '')
      .execute();
    for (const [n, picture] of pictures.slice(5).entries()) await group(db, await addPicture(db, ada, picture, n + 5));
    const named = await db
      .selectFrom('asset_face')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('personId', '=', person?.id ?? '')
      .executeTakeFirstOrThrow();
    expect(named.n).toBe(6);
    expect(await db.selectFrom('person').select('id').where('ownerId', '=', ben).execute()).toHaveLength(1);
  });

  test('that a user placed are never moved, and a second run of a picture keeps its people', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const ids: string[] = [];
    for (const [n, picture] of pictures.entries()) ids.push(await addPicture(db, ownerId, picture, n));
    for (const id of ids) await group(db, id);
    const before = await db
      .selectFrom('asset_face')
      .select(['id', 'personId'])
      .where('assetId', 'in', ids)
      .orderBy('id')
      .execute();
    const other = before.find((it) => it.personId !== null)?.personId ?? '';
    const stray = before.find((it) => it.personId !== other && it.personId !== null);
    await db
      .updateTable('asset_face')
      .set({ personId: other, isPlacedByUser: true })
      .where('id', '=', stray?.id ?? '')
      .execute();
    for (const id of ids) await group(db, id);
    const after = await db
      .selectFrom('asset_face')
      .select(['id', 'personId'])
      .where('assetId', 'in', ids)
      .orderBy('id')
      .execute();
    expect(after).toEqual(before.map((it) => (it.id === stray?.id ? { ...it, personId: other } : it)));
    const [first = ''] = ids;
    const known = await db.selectFrom('asset_face').selectAll().where('assetId', '=', first).executeTakeFirstOrThrow();
    const again = [{ x1: 3, y1: 2, x2: 82, y2: 81, score: 0.95, embedding: embeddingOf(0, 0) }];
    await db.transaction().execute((tx) =>
      replaceFaces(tx, {
        assetId: first,
        ownerId,
        modelSet: 'test',
        imageWidth: 400,
        imageHeight: 100,
        faces: again,
      }),
    );
    expect(
      await db
        .selectFrom('asset_face')
        .select(['id', 'personId', 'boundingBoxX1'])
        .where('assetId', '=', first)
        .execute(),
    ).toEqual([{ id: known.id, personId: known.personId, boundingBoxX1: 3 }]);
  });

  test('of an owner with few faces are compared without reading the faces of others', async () => {
    const db = getDb();
    const [ownerId, otherId] = [await addUser(db), await addUser(db)];
    const ids = await Promise.all(pictures.map((picture, n) => addPicture(db, ownerId, picture, n)));
    const { faceId } = await db
      .selectFrom('face_search')
      .innerJoin('asset_face', 'asset_face.id', 'face_search.faceId')
      .select('faceId')
      .where('assetId', '=', ids[0] ?? '')
      .executeTakeFirstOrThrow();
    const takenBack = new Error('taken back');
    const looking = db.transaction().execute(async (tx) => {
      for (const statement of [
        sql`drop index face_search_embedding`,
        sql`delete from face_search where "ownerId" <> ${ownerId}`,
        sql`alter table face_search drop constraint "face_search_faceId_fkey"`,
        sql`insert into face_search ("faceId", "ownerId", "modelSet", "embedding")
          select gen_random_uuid(), ${otherId}, 'test', f."embedding" from generate_series(1, 20000), (select "embedding" from face_search where "faceId" = ${faceId}) f`,
        sql`analyze face_search`,
      ])
        await statement.execute(tx);
      const scope = { ownerId, modelSet: 'test', by: 'comparing' } as const;
      const plan = await explain(tx, (it) => listNearestFaces(it, faceId, scope));
      // An estimate of half of all faces would make PostgreSQL use parallel workers or JIT.
      const planned = [...plan.matchAll(/on face_search s .*?rows=(\d+)/g)].map(([, rows]) => Number(rows));
      expect(planned).not.toEqual([]);
      expect(Math.max(...planned)).toBeLessThan(1_000);
      throw takenBack;
    });
    await expect(looking).rejects.toBe(takenBack);
  });
});
