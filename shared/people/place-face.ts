import { sql } from 'kysely';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { AssetFace, Person } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { lockPeopleOf } from './asset-face.ts';
import { isAssetAlive, lockAssetsOfFaces } from '#shared/assets/asset.ts';

/**
 * Changes of faces by a user. Later runs of the stages do not change them. Portraits are updated by a trigger
 * (`follow_face`).
 */

/** The faces of a person on an asset, without removed ones. */
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

/** Assigns faces to a person, also if they have another one. @throws access/denied if the person does not exist */
export async function moveFaces(
  db: Db,
  faceIds: readonly string[],
  person: Pick<Person, 'id' | 'ownerId'>,
): Promise<void> {
  if (faceIds.length === 0) return;
  await inTransaction(db, async (tx) => {
    await lockPerson(tx, person);
    await lockAssetsOfFaces(tx, faceIds);
    await tx
      .updateTable('asset_face')
      .set({ personId: person.id, isPlacedByUser: true, updatedAt: sql`now()` })
      .where('id', 'in', [...faceIds])
      .execute();
  });
}

export type DrawnFace = Pick<
  AssetFace,
  'assetId' | 'imageWidth' | 'imageHeight' | 'boundingBoxX1' | 'boundingBoxY1' | 'boundingBoxX2' | 'boundingBoxY2'
>;

/**
 * Inserts a face that a user drew. It has no embedding, so no other face is assigned by it.
 * @throws access/denied if the person or the asset does not exist
 */
export async function addDrawnFace(db: Db, person: Pick<Person, 'id' | 'ownerId'>, face: DrawnFace): Promise<string> {
  const id = newId();
  await inTransaction(db, async (tx) => {
    await lockPerson(tx, person);
    if (!(await isAssetAlive(tx, face.assetId))) throw new DarkroomError('access/denied', 'Asset not found');
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
  });
  return id;
}

/**
 * Removes a face: `hidden` keeps the row, so that a later run does not add it again; `forgotten` deletes it, and a
 * later run may find it again.
 */
export async function removeFace(db: Db, id: string, how: 'hidden' | 'forgotten'): Promise<void> {
  await inTransaction(db, async (tx) => {
    const face = await tx
      .selectFrom('asset_face')
      .innerJoin('asset', 'asset.id', 'asset_face.assetId')
      .select('asset.ownerId')
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
  });
}

/** Deletes people; their faces have no person then. Returns the deleted ones. */
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

/** Deletes people without faces, of all owners. Returns them. */
export async function deletePeopleWithoutFaces(db: Db): Promise<Person[]> {
  const owners = await db.selectFrom('person').select('ownerId').distinct().where(hasNoFace).execute();
  let gone: Person[] = [];
  for (const { ownerId } of owners) {
    const deleted = await inTransaction(db, async (tx) => {
      await lockPeopleOf(tx, ownerId);
      return tx.deleteFrom('person').where('ownerId', '=', ownerId).where(hasNoFace).returningAll().execute();
    });
    // Not `push(...)`: there may be more people than a call can have arguments.
    gone = gone.concat(deleted);
  }
  return gone;
}

/**
 * Merges several people of an owner into the first, which also gets the first name and birth date that any of them has.
 * Returns the deleted ones.
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
    return merged;
  });
}

/**
 * Makes a person's face on this asset their portrait. Returns false if they have none there, or the asset is not
 * visible.
 */
export async function setFeatureFace(
  db: Db,
  person: Pick<Person, 'id' | 'ownerId'>,
  assetId: string,
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockPeopleOf(tx, person.ownerId);
    const asset = await tx
      .selectFrom('asset')
      .select('id')
      .where('id', '=', assetId)
      .where('ownerId', '=', person.ownerId)
      .where('status', '=', 'active')
      .where('visibility', 'in', ['timeline', 'archive'])
      .forShare()
      .executeTakeFirst();
    const [face] = await listFacesOfPerson(tx, person.id, assetId);
    if (asset === undefined || face === undefined) return false;
    await tx
      .updateTable('person')
      .set({ faceAssetId: face.id, thumbnailPath: '', updatedAt: sql`now()` })
      .where('id', '=', person.id)
      .execute();
    return true;
  });
}

async function lockPerson(tx: Db, { id, ownerId }: Pick<Person, 'id' | 'ownerId'>): Promise<void> {
  await lockPeopleOf(tx, ownerId);
  const row = await tx.selectFrom('person').select('id').where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw new DarkroomError('access/denied', 'Person not found');
}
