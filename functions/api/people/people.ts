import * as people from '#shared/people/person.ts';
import { deletePeople as deletePersons, setFeatureFace } from '#shared/people/place-face.ts';
import { findAsset } from '#shared/assets/asset.ts';
import type { Person } from '#shared/db/tables.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';
import { listAllowed, requireAccess, type AccessPermission } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { sendObject } from '../send-object.ts';
import { getPreferences } from '../users/change-preferences.ts';
import { removePortraits } from './remove-portraits.ts';
import { serializePerson, type PersonResponse } from './serialize.ts';

interface PeopleQuery {
  closestAssetId?: string | undefined;
  closestPersonId?: string | undefined;
  page: number;
  size: number;
  withHidden: boolean;
}

const facesMinDefault = 3;

/** The people that have a name or enough faces, a page of them, and how many there are in all. */
export async function getAllPeople(
  context: RequestContext,
  { closestAssetId, closestPersonId, page, size, withHidden }: PeopleQuery,
): Promise<ResponseOf<'getAllPeople'>> {
  const {
    ports: { db },
    auth,
  } = context;
  const { people: preferences } = await getPreferences(db, auth.user.id);
  const rows = await people.listPeople(db, auth.user.id, {
    withHidden,
    facesMin: preferences.minimumFaces ?? facesMinDefault,
    closestTo:
      closestPersonId === undefined
        ? await allowedAsset(context, closestAssetId)
        : await findFaceOf(db, auth.user.id, closestPersonId),
    limit: size + 1,
    offset: (page - 1) * size,
  });
  return {
    ...(await people.countPeople(db, auth.user.id)),
    people: rows.slice(0, size).map(serializePerson),
    hasNextPage: rows.length > size,
  };
}

/** What the caller may not see is nothing to compare with: the order would tell of it. */
async function allowedAsset(context: RequestContext, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  return (await listAllowed(context, 'asset.read', [id])).has(id) ? id : undefined;
}

async function findFaceOf(db: RequestContext['ports']['db'], ownerId: string, personId: string): Promise<string> {
  const person = await people.findPerson(db, personId);
  if (person === undefined || person.ownerId !== ownerId || person.faceAssetId === null)
    throw new DarkroomError('resource/not-found', 'Person not found');
  return person.faceAssetId;
}

/** A person whom the caller may do this with. @throws access/denied */
export async function readPerson(context: RequestContext, permission: AccessPermission, id: string): Promise<Person> {
  await requireAccess(context, permission, [id]);
  const person = await people.findPerson(context.ports.db, id);
  if (person === undefined) throw new DarkroomError('access/denied', `Not found or no ${permission} access`);
  return person;
}

export async function getPerson(context: RequestContext, id: string): Promise<PersonResponse> {
  return serializePerson(await readPerson(context, 'person.read', id));
}

export async function getPersonStatistics(
  context: RequestContext,
  id: string,
): Promise<ResponseOf<'getPersonStatistics'>> {
  const person = await readPerson(context, 'person.statistics', id);
  return { assets: await people.countAssetsOfPerson(context.ports.db, person) };
}

export async function getPersonThumbnail(context: RequestContext, id: string): Promise<void> {
  const person = await readPerson(context, 'person.read', id);
  if (person.thumbnailPath === '') throw new DarkroomError('resource/not-found', 'Person thumbnail not found');
  const { ports, request, reply } = context;
  const file = { key: person.thumbnailPath, mimeType: 'image/jpeg', fileName: `${person.id}.jpeg` };
  await sendObject(ports.store, request, reply, file);
}

export async function createPerson(
  { ports, auth }: RequestContext,
  body: BodyOf<'createPerson'>,
): Promise<PersonResponse> {
  return serializePerson(await people.createPerson(ports.db, auth.user.id, body));
}

/** Changes a person; with `featureFaceAssetId` their portrait is made anew from their face on that asset. */
export async function updatePerson(
  context: RequestContext,
  id: string,
  { featureFaceAssetId, ...changes }: BodyOf<'updatePerson'>,
): Promise<PersonResponse> {
  const person = await readPerson(context, 'person.update', id);
  if (featureFaceAssetId !== undefined) await changePortrait(context, person, featureFaceAssetId);
  const updated = await people.updatePerson(context.ports.db, id, changes);
  if (updated === undefined) throw new DarkroomError('access/denied', 'Not found or no person.update access');
  return serializePerson(updated);
}

async function changePortrait(context: RequestContext, person: Person, assetId: string): Promise<void> {
  await requireAccess(context, 'asset.read', [assetId]);
  const { db, relay } = context.ports;
  if ((await findAsset(db, assetId))?.isOffline === true)
    throw new DarkroomError('input/invalid', 'An offline asset cannot be used for feature face');
  if (!(await setFeatureFace(db, person, assetId)))
    throw new DarkroomError('input/invalid', 'Invalid assetId for feature face');
  relay.kick();
}

/** Changes many people, and says of each whether it could be done. */
export async function updatePeople(
  context: RequestContext,
  body: BodyOf<'updatePeople'>,
): Promise<ResponseOf<'updatePeople'>> {
  const results: ResponseOf<'updatePeople'> = [];
  for (const { id, ...changes } of body.people) {
    try {
      await updatePerson(context, id, changes);
      results.push({ id, success: true });
    } catch (error) {
      if (!isDarkroomError(error, 'access/denied', 'input/invalid')) throw error;
      results.push({ id, success: false, error: 'unknown' });
    }
  }
  return results;
}

/** Deletes people; their faces stay, and are nobody's. */
export async function deletePeople(context: RequestContext, ids: readonly string[]): Promise<void> {
  await requireAccess(context, 'person.delete', ids);
  const { db } = context.ports;
  await removePortraits(context.ports, await deletePersons(db, context.auth.user.id, ids));
}
