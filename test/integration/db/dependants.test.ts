import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { createAlbum, findAlbum, listAlbumMembersOf } from '#shared/albums/album.ts';
import { editAsset, trashAssets } from '#shared/assets/asset-details.ts';
import { assignFaces, insertPerson, replaceFaces, setPortrait } from '#shared/people/asset-face.ts';
import { openStage } from '#shared/stages/asset-stage.ts';
import { deleteAssets, forgetAsset } from '#shared/assets/asset.ts';
import { markOffline, markOnline } from '#shared/assets/offline-asset.ts';
import { countAssetsOfPerson, countPeople, createPerson, findPerson, listPeople } from '#shared/people/person.ts';
import { mergePeople, moveFaces, removeFace, setFeatureFace } from '#shared/people/place-face.ts';
import { listMonthCounts } from '#shared/timeline/timeline.ts';
import { restoreAssets } from '#shared/assets/trash.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addFace, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

/** The people stage of these assets is done. */
async function settleStages(db: Db, assetIds: readonly string[]): Promise<void> {
  for (const assetId of assetIds) await openStage(db, { assetId, stage: 'people' }, 'pending');
  await db
    .updateTable('asset_stage')
    .set({ state: 'done', recipe: 'r' })
    .where('stage', '=', 'people')
    .where('assetId', 'in', [...assetIds])
    .execute();
}

/** A person on two photos that are in one album; the first photo is portrait and cover. */
async function addScene(db: Db) {
  const [ownerId, otherId] = [await addUser(db), await addUser(db)];
  const [first, second] = [(await addAsset(db, ownerId)).id, (await addAsset(db, ownerId)).id];
  const person = await createPerson(db, ownerId, { name: 'Ann' });
  const large = await addFace(db, first, { personId: person.id, edge: 300 });
  const small = await addFace(db, second, { personId: person.id, edge: 100 });
  await setPortrait(db, { personId: person.id, faceId: large }, 'thumbs/portrait.jpeg');
  const albumId = newId();
  await createAlbum(db, {
    id: albumId,
    albumName: 'A',
    description: '',
    ownerId,
    users: [],
    assetIds: [first, second],
  });
  await db.updateTable('album').set({ albumThumbnailAssetId: first }).where('id', '=', albumId).execute();
  await settleStages(db, [first, second]);
  return { db, ownerId, otherId, first, second, person, large, small, albumId };
}

type Scene = Awaited<ReturnType<typeof addScene>>;

/** All values that depend on an owner's photos, as clients see them. */
async function look({ db, ownerId, first, second, person, albumId }: Scene) {
  const shown = await findPerson(db, person.id);
  const album = await findAlbum(db, albumId);
  const months = async (visibilities: readonly ('timeline' | 'archive' | 'locked')[]) =>
    (
      await listMonthCounts(db, {
        ownerIds: [ownerId],
        visibilities,
        isTrashed: false,
        orderBy: 'localDateTime',
        order: 'asc',
      })
    ).reduce((sum, it) => sum + it.count, 0);
  return {
    face: shown?.faceAssetId,
    portrait: shown?.thumbnailPath,
    stages: [await stateOf(db, first, 'people'), await stateOf(db, second, 'people')],
    photosOfPerson: await countAssetsOfPerson(db, person),
    people: (await countPeople(db, ownerId)).total,
    listed: (await listPeople(db, ownerId, { withHidden: true, facesMin: 1, limit: 9, offset: 0 })).length,
    cover: album?.thumbnailAssetId,
    inAlbum: album?.assetCount,
    members: (await listAlbumMembersOf(db, albumId, [first, second])).size,
    timeline: await months(['timeline']),
  };
}

interface Transition {
  name: string;
  go: (scene: Scene, id: string) => Promise<unknown>;
  /** Reverts it; missing if it is permanent. */
  back?: (scene: Scene, id: string) => Promise<unknown>;
  /** It has left the album permanently. */
  leaves?: true;
  /** It stays in the album's counts and can be its cover. */
  staysInAlbum?: true;
}

const see = (visibility: 'timeline' | 'hidden' | 'locked') => (scene: Scene, id: string) =>
  editAsset(scene.db, [id], { visibility });
const own = (of: 'ownerId' | 'otherId') => (scene: Scene, id: string) =>
  scene.db.updateTable('asset').set({ ownerId: scene[of] }).where('id', '=', id).execute();

const transitions: Transition[] = [
  { name: 'trashed', go: ({ db }, id) => trashAssets(db, [id]), back: ({ db }, id) => restoreAssets(db, [id]) },
  { name: 'locked', go: see('locked'), back: see('timeline'), leaves: true },
  { name: 'hidden', go: see('hidden'), back: see('timeline') },
  { name: 'offline', go: ({ db }, id) => markOffline(db, id), back: ({ db }, id) => markOnline(db, id) },
  { name: "another owner's", go: own('otherId'), back: own('ownerId'), staysInAlbum: true },
  { name: 'deleted', go: ({ db }, id) => deleteAssets(db, [id]), leaves: true },
  {
    name: 'removed',
    go: async ({ db }, id) => {
      await deleteAssets(db, [id]);
      await forgetAsset(db, { id, originalPath: 'a.jpg', isExternal: false, libraryId: null });
    },
    leaves: true,
  },
  {
    name: 'trashed, then locked in the trash',
    go: async ({ db }, id) => {
      await trashAssets(db, [id]);
      await editAsset(db, [id], { visibility: 'locked' });
    },
    back: async ({ db }, id) => {
      await editAsset(db, [id], { visibility: 'timeline' });
      await restoreAssets(db, [id]);
    },
    leaves: true,
  },
];

onBothDatabases('dependants of an asset', (getDb) => {
  test.each(transitions)(
    'are updated when it is $name, and when that is reverted',
    async ({ name, go, back, leaves, staysInAlbum }) => {
      const scene = await addScene(getDb());
      const { db, first, second, large, small } = scene;
      const whole = await look(scene);
      expect(whole).toEqual({
        face: large,
        portrait: 'thumbs/portrait.jpeg',
        stages: ['done', 'done'],
        photosOfPerson: 2,
        people: 1,
        listed: 1,
        cover: first,
        inAlbum: 2,
        members: 2,
        timeline: 2,
      });

      await go(scene, first);
      const one = await look(scene);
      expect(one).toMatchObject({ face: small, portrait: '', people: 1, listed: 1, timeline: 1 });
      expect(one.stages[1]).toBe('pending');
      if (name !== "another owner's") expect(one.photosOfPerson).toBe(1);
      expect(one).toMatchObject(staysInAlbum ? { cover: first, inAlbum: 2 } : { cover: second, inAlbum: 1 });
      expect(one.members).toBe(leaves ? 1 : 2);

      await go(scene, second);
      const none = await look(scene);
      expect(none).toMatchObject({ face: null, portrait: '', timeline: 0 });
      if (name !== "another owner's") expect(none).toMatchObject({ photosOfPerson: 0, people: 0, listed: 0 });
      if (!staysInAlbum) expect(none).toMatchObject({ cover: null, inAlbum: 0, members: leaves ? 0 : 2 });

      if (back === undefined) return;
      await settleStages(db, [first, second]);
      await back(scene, second);
      const again = await look(scene);
      expect(again).toMatchObject({ face: small, portrait: '', stages: ['done', 'pending'], people: 1, timeline: 1 });
      if (leaves !== true && staysInAlbum !== true) expect(again).toMatchObject({ cover: second, inAlbum: 1 });
      await back(scene, first);
      expect(await look(scene)).toMatchObject({
        face: small,
        photosOfPerson: 2,
        timeline: 2,
        members: leaves ? 0 : 2,
        inAlbum: leaves ? 0 : 2,
      });
    },
  );

  test('a photo in the archive stays portrait and cover', async () => {
    const scene = await addScene(getDb());
    const { db, first, large } = scene;
    await editAsset(db, [first], { visibility: 'archive' });
    expect(await look(scene)).toMatchObject({
      face: large,
      portrait: 'thumbs/portrait.jpeg',
      cover: first,
      inAlbum: 2,
    });
  });

  test('a face that leaves a person in any way is no longer their portrait', async () => {
    const ways: ((scene: Scene) => Promise<unknown>)[] = [
      ({ db, large }) => removeFace(db, large, 'hidden'),
      ({ db, large }) => removeFace(db, large, 'forgotten'),
      async ({ db, large, ownerId }) => moveFaces(db, [large], await createPerson(db, ownerId, {})),
      ({ db, first, ownerId }) =>
        db
          .transaction()
          .execute((tx) =>
            replaceFaces(tx, { assetId: first, ownerId, modelSet: 'test', imageWidth: 10, imageHeight: 10, faces: [] }),
          ),
    ];
    for (const leave of ways) {
      const scene = await addScene(getDb());
      await leave(scene);
      const { face, portrait, stages } = await look(scene);
      expect({ face, portrait, stage: stages[1] }).toEqual({ face: scene.small, portrait: '', stage: 'pending' });
    }
  });

  test('a person who is only on hidden photos has no portrait until one is visible', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id: locked } = await addAsset(db, ownerId, { visibility: 'locked' });
    const { id: shown } = await addAsset(db, ownerId);
    const [secret, plain] = [await addFace(db, locked), await addFace(db, shown)];
    const id = await db.transaction().execute(async (tx) => {
      const personId = await insertPerson(tx, ownerId, secret);
      await assignFaces(tx, [secret], personId);
      return personId;
    });
    expect(await findPerson(db, id)).toMatchObject({ faceAssetId: null });
    expect(await setFeatureFace(db, { id, ownerId }, locked)).toBe(false);
    await assignFaces(db, [plain], id);
    expect(await findPerson(db, id)).toMatchObject({ faceAssetId: plain });
  });

  test('merged people have a visible face as portrait', async () => {
    const scene = await addScene(getDb());
    const { db, ownerId, first, second, person } = scene;
    const other = await createPerson(db, ownerId, { name: 'Ann too' });
    const { id: third } = await addAsset(db, ownerId);
    const face = await addFace(db, third, { personId: other.id });
    await trashAssets(db, [first, second]);
    await mergePeople(db, ownerId, [person.id, other.id]);
    expect(await look(scene)).toMatchObject({ face, photosOfPerson: 1 });
  });

  test('after concurrent trashing, restoring, locking and moving, every portrait is visible', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const people = await Promise.all(Array.from({ length: 3 }, (_, n) => createPerson(db, ownerId, { name: `P${n}` })));
    const photos = await Promise.all(Array.from({ length: 12 }, async () => (await addAsset(db, ownerId)).id));
    const faces = await Promise.all(
      photos.flatMap((id) => people.map((person, n) => addFace(db, id, { personId: person.id, left: n * 300 }))),
    );
    const of = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
    const change = async (n: number): Promise<unknown> => {
      const some = photos.filter((_, m) => (m * 7 + n) % 3 === 0);
      switch (n % 5) {
        case 0:
          return trashAssets(db, some);
        case 1:
          return restoreAssets(db, some);
        case 2:
          return editAsset(db, some, { visibility: 'locked' });
        case 3:
          return editAsset(db, some, { visibility: 'timeline' });
        default:
          return moveFaces(db, [of(faces, n * 5), of(faces, n * 11)], of(people, n));
      }
    };
    await Promise.all(Array.from({ length: 60 }, (_, n) => change(n)));
    const { rows } = await sql<{ isRight: boolean }>`
      select coalesce(a."status" = 'active' and a."visibility" = 'timeline' and f."personId" = p."id", not exists (
        select from asset_face g join asset b on b."id" = g."assetId"
        where g."personId" = p."id" and b."status" = 'active' and b."visibility" = 'timeline'
      )) as "isRight"
      from person p left join asset_face f on f."id" = p."faceAssetId" left join asset a on a."id" = f."assetId"
      where p."ownerId" = ${ownerId}`.execute(db);
    expect(rows).toEqual([{ isRight: true }, { isRight: true }, { isRight: true }]);
  });
});
