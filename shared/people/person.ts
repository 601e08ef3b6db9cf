import { sql } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { Person } from '#shared/db/tables.ts';

export interface PeopleFilter {
  withHidden: boolean;
  /** Unnamed people with fewer faces are left out. */
  facesMin: number;
  /** Sorts by similarity to this face, or to the face on this asset; ignored if it is not the owner's. */
  closestTo?: string | undefined;
  limit: number;
  offset: number;
}

/** People of an owner with their visible faces: not removed, on assets of the timeline. */
function peopleWithFaces(db: Db, ownerId: string) {
  return db
    .selectFrom('person')
    .innerJoin('asset_face', 'asset_face.personId', 'person.id')
    .innerJoin('asset', 'asset.id', 'asset_face.assetId')
    .where('person.ownerId', '=', ownerId)
    .where('asset_face.deletedAt', 'is', null)
    .where('asset.status', '=', 'active')
    .where('asset.visibility', '=', 'timeline');
}

/** Lists people: hidden ones last, favorites first, named before unnamed, then by number of faces. */
export async function listPeople(db: Db, ownerId: string, filter: PeopleFilter): Promise<Person[]> {
  const { withHidden, facesMin, closestTo, limit, offset } = filter;
  let query = peopleWithFaces(db, ownerId)
    .selectAll('person')
    .groupBy('person.id')
    .having((eb) => eb.or([eb('person.name', '!=', ''), eb(eb.fn.countAll<number>(), '>=', facesMin)]))
    .orderBy('person.isHidden')
    .orderBy('person.isFavorite', 'desc');
  if (!withHidden) query = query.where('person.isHidden', '=', false);
  if (closestTo !== undefined) query = query.orderBy(distanceTo(ownerId, closestTo));
  return query
    .orderBy(sql`person."name" = ''`)
    .orderBy(sql`count(*)`, 'desc')
    .orderBy(sql`lower(person."name") collate "C"`)
    .orderBy('person.createdAt')
    .orderBy('person.id')
    .limit(limit)
    .offset(offset)
    .execute();
}

const distanceTo = (ownerId: string, id: string) => sql`(
  select own."embedding" <=> (
    select "embedding" from face_search where face_search."ownerId" = ${ownerId}
      and ("faceId" = ${id} or "faceId" in (select "id" from asset_face where "assetId" = ${id} and "deletedAt" is null))
    order by "faceId" limit 1
  ) from face_search own where own."faceId" = person."faceAssetId") nulls last`;

/** Counts the people with a visible face, and the hidden ones among them. */
export async function countPeople(db: Db, ownerId: string): Promise<{ total: number; hidden: number }> {
  return peopleWithFaces(db, ownerId)
    .select([
      sql<number>`count(distinct person."id")`.as('total'),
      sql<number>`count(distinct person."id") filter (where person."isHidden")`.as('hidden'),
    ])
    .executeTakeFirstOrThrow();
}

export async function findPerson(db: Db, id: string): Promise<Person | undefined> {
  return db.selectFrom('person').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listPeopleById(db: Db, ids: readonly string[]): Promise<Person[]> {
  if (ids.length === 0) return [];
  return db
    .selectFrom('person')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute();
}

/** Counts the assets of the timeline that show a person. */
export async function countAssetsOfPerson(db: Db, { id, ownerId }: Pick<Person, 'id' | 'ownerId'>): Promise<number> {
  const { count } = await peopleWithFaces(db, ownerId)
    .select(sql<number>`count(distinct asset."id")`.as('count'))
    .where('person.id', '=', id)
    .executeTakeFirstOrThrow();
  return count;
}

export interface PersonChanges {
  name?: string | undefined;
  birthDate?: string | null | undefined;
  color?: string | null | undefined;
  isHidden?: boolean | undefined;
  isFavorite?: boolean | undefined;
}

export async function createPerson(db: Db, ownerId: string, details: PersonChanges): Promise<Person> {
  return db
    .insertInto('person')
    .values({ id: newId(), ownerId, birthDate: null, faceAssetId: null, color: null, ...known(details) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Returns undefined if the person does not exist. */
export async function updatePerson(db: Db, id: string, changes: PersonChanges): Promise<Person | undefined> {
  return db
    .updateTable('person')
    .set({ ...known(changes), updatedAt: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

function known<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
