import { sql } from 'kysely';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '../db.ts';
import type { AssetFace, Person } from '../tables.ts';
import { inTransaction } from '../transaction.ts';
import { lockPeopleOf } from './asset-face.ts';
import { openStage } from './asset-stage.ts';

/** What a user says of faces. It stands: no later run of the stages moves it. */

/** The faces of a person on an asset that nobody removed. */
export async function listFacesOfPerson(db: Db, personId: string, assetId: string): Promise<AssetFace[]> {
  return db
    .selectFrom('asset_face')
    .selectAll()
    .where('personId', '=', personId)
    .where('assetId', '=', assetId)
    .where('deletedAt', 'is', null)
    .orderBy('id')
    .execute();
}

/** Gives faces to a person, whoever's they were. @throws access/denied if the person is gone */
export async function moveFaces(
  db: Db,
  faceIds: readonly string[],
  person: Pick<Person, 'id' | 'ownerId'>,
): Promise<void> {
  if (faceIds.length === 0) return;
  await inTransaction(db, async (tx) => {
    await lockPerson(tx, person);
    const before = await tx
      .selectFrom('asset_face')
      .select('personId')
      .where('id', 'in', [...faceIds])
      .execute();
    await tx
      .updateTable('asset_face')
      .set({ personId: person.id, isPlacedByUser: true, updatedAt: sql`now()` })
      .where('id', 'in', [...faceIds])
      .execute();
    await refreshPortraits(tx, [person.id, ...before.flatMap((row) => row.personId ?? [])]);
  });
}

export type DrawnFace = Pick<
  AssetFace,
  'assetId' | 'imageWidth' | 'imageHeight' | 'boundingBoxX1' | 'boundingBoxY1' | 'boundingBoxX2' | 'boundingBoxY2'
>;

/** Writes a face that a user drew. It has no embedding, so it makes no other face known. @throws access/denied if the person is gone */
export async function addDrawnFace(db: Db, person: Pick<Person, 'id' | 'ownerId'>, face: DrawnFace): Promise<string> {
  const id = newId();
  await inTransaction(db, async (tx) => {
    await lockPerson(tx, person);
    await tx
      .insertInto('asset_face')
      .values({
        ...face,
        id,
        personId: person.id,
        modelSet: 'manual',
        score: null,
        sourceType: 'manual',
        isPlacedByUser: true,
        deletedAt: null,
      })
      .execute();
    await refreshPortraits(tx, [person.id]);
  });
  return id;
}

/** Removes a face: `hidden` keeps the row, so that it is not found again; `forgotten` lets a later run find it anew. */
export async function removeFace(db: Db, id: string, how: 'hidden' | 'forgotten'): Promise<void> {
  await inTransaction(db, async (tx) => {
    const face = await tx
      .selectFrom('asset_face')
      .innerJoin('asset', 'asset.id', 'asset_face.assetId')
      .select(['asset.ownerId', 'asset_face.personId'])
      .where('asset_face.id', '=', id)
      .executeTakeFirst();
    if (face === undefined) return;
    await lockPeopleOf(tx, face.ownerId);
    await (how === 'forgotten'
      ? tx.deleteFrom('asset_face').where('id', '=', id).execute()
      : tx
          .updateTable('asset_face')
          .set({ deletedAt: sql`now()`, updatedAt: sql`now()` })
          .where('id', '=', id)
          .execute());
    if (face.personId !== null) await refreshPortraits(tx, [face.personId]);
  });
}

/** Deletes people; their faces are nobody's then. Returns those that there were. */
export async function deletePeople(db: Db, ownerId: string, ids: readonly string[]): Promise<Person[]> {
  if (ids.length === 0) return [];
  return inTransaction(db, async (tx) => {
    await lockPeopleOf(tx, ownerId);
    return tx
      .deleteFrom('person')
      .where('ownerId', '=', ownerId)
      .where('id', 'in', [...ids])
      .returningAll()
      .execute();
  });
}

const hasNoFace = sql<boolean>`not exists (select from asset_face f where f."personId" = person."id" and f."deletedAt" is null)`;

/** Deletes the people of everybody on whom no face is left. Returns them. */
export async function deletePeopleWithoutFaces(db: Db): Promise<Person[]> {
  const owners = await db.selectFrom('person').select('ownerId').distinct().where(hasNoFace).execute();
  const gone: Person[] = [];
  for (const { ownerId } of owners) {
    const deleted = await inTransaction(db, async (tx) => {
      await lockPeopleOf(tx, ownerId);
      return tx.deleteFrom('person').where('ownerId', '=', ownerId).where(hasNoFace).returningAll().execute();
    });
    gone.push(...deleted);
  }
  return gone;
}

/**
 * Makes one person of several of an owner: the first, who also takes the first name and birth date that any of them
 * has. Returns those that went.
 */
export async function mergePeople(db: Db, ownerId: string, ids: readonly string[]): Promise<Person[]> {
  return inTransaction(db, async (tx) => {
    await lockPeopleOf(tx, ownerId);
    const rows = await tx
      .selectFrom('person')
      .selectAll()
      .where('ownerId', '=', ownerId)
      .where('id', 'in', [...ids])
      .execute();
    const [target, ...merged] = ids.flatMap((id) => rows.find((row) => row.id === id) ?? []);
    if (target === undefined || merged.length === 0) return [];
    const mergedIds = merged.map((it) => it.id);
    await tx
      .updateTable('asset_face')
      .set({ personId: target.id, updatedAt: sql`now()` })
      .where('personId', 'in', mergedIds)
      .execute();
    await tx.deleteFrom('person').where('id', 'in', mergedIds).execute();
    await tx
      .updateTable('person')
      .set({
        name: target.name || (merged.find((it) => it.name !== '')?.name ?? ''),
        birthDate: target.birthDate ?? merged.find((it) => it.birthDate !== null)?.birthDate ?? null,
        updatedAt: sql`now()`,
      })
      .where('id', '=', target.id)
      .execute();
    await refreshPortraits(tx, [target.id]);
    return merged;
  });
}

/** Shows a person by a face of theirs on this asset. False if they have none there. */
export async function setFeatureFace(
  db: Db,
  person: Pick<Person, 'id' | 'ownerId'>,
  assetId: string,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockPeopleOf(tx, person.ownerId);
    const [face] = await listFacesOfPerson(tx, person.id, assetId);
    if (face === undefined) return false;
    await showFace(tx, person.id, face);
    return true;
  });
}

async function lockPerson(tx: Db, { id, ownerId }: Pick<Person, 'id' | 'ownerId'>): Promise<void> {
  await lockPeopleOf(tx, ownerId);
  const row = await tx.selectFrom('person').select('id').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new DarkroomError('access/denied', 'Person not found');
}

/** People whose portrait shows no face of theirs (any more) get another, the largest that can be seen, or none. */
async function refreshPortraits(tx: Db, personIds: readonly string[]): Promise<void> {
  const people = await tx
    .selectFrom('person')
    .leftJoin('asset_face', (join) =>
      join
        .onRef('asset_face.id', '=', 'person.faceAssetId')
        .onRef('asset_face.personId', '=', 'person.id')
        .on('asset_face.deletedAt', 'is', null),
    )
    .select('person.id')
    .where('person.id', 'in', [...personIds])
    .where('asset_face.id', 'is', null)
    .orderBy('person.id')
    .execute();
  for (const { id } of people) {
    const face = await tx
      .selectFrom('asset_face')
      .innerJoin('asset', 'asset.id', 'asset_face.assetId')
      .select(['asset_face.id', 'asset_face.assetId'])
      .where('asset_face.personId', '=', id)
      .where('asset_face.deletedAt', 'is', null)
      .where('asset.status', '=', 'active')
      .where('asset.visibility', '=', 'timeline')
      .orderBy(
        sql`("boundingBoxX2" - "boundingBoxX1")::real * ("boundingBoxY2" - "boundingBoxY1") / ("imageWidth"::real * "imageHeight")`,
        'desc',
      )
      .orderBy('asset_face.id')
      .limit(1)
      .executeTakeFirst();
    await showFace(tx, id, face);
  }
}

/** The portrait itself is made by the people stage of the face's asset. */
async function showFace(tx: Db, personId: string, face: Pick<AssetFace, 'id' | 'assetId'> | undefined): Promise<void> {
  await tx
    .updateTable('person')
    .set({ faceAssetId: face?.id ?? null, thumbnailPath: '', updatedAt: sql`now()` })
    .where('id', '=', personId)
    .execute();
  if (face === undefined) return;
  if (!(await isFacesStageOpen(tx, face.assetId)))
    await openStage(tx, { assetId: face.assetId, stage: 'people' }, 'pending');
  // A run that has begun may have looked already: it loses its lease and is done again.
  await tx
    .updateTable('asset_stage')
    .set({
      state: 'pending',
      reason: null,
      recipe: null,
      attempts: 0,
      holder: null,
      leaseUntil: null,
      changedAt: sql`now()`,
    })
    .where('assetId', '=', face.assetId)
    .where('stage', '=', 'people')
    .execute();
}

/** Then the people stage is opened by it, and must not be done before. */
async function isFacesStageOpen(tx: Db, assetId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('asset_stage')
    .select('state')
    .where('assetId', '=', assetId)
    .where('stage', '=', 'faces')
    .where('state', 'in', ['pending', 'queued', 'active'])
    .executeTakeFirst();
  return row !== undefined;
}
