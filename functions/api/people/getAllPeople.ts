import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import * as people from '#shared/people/person.ts';
import { queryFlag } from '../http/fields.ts';
import { operation, type RequestContext } from '../http/operation.ts';
import { listAllowed } from '../http/require-access.ts';
import { getPreferences } from '../users/change-preferences.ts';
import { serializePerson } from './serialize-person.ts';

const facesMinDefault = 3;

const peopleQuery = z.object({
  closestAssetId: z.uuid().optional(),
  closestPersonId: z.uuid().optional(),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  size: z.coerce.number().int().min(1).max(1000).default(500),
  withHidden: queryFlag.default(false),
});

/** Lists a page of the people with a name or enough faces, and their total number. */
export const getAllPeople = operation('getAllPeople', {
  method: 'GET',
  path: '/people',
  auth: 'user',
  permission: 'person.read',
  status: 200,
  query: peopleQuery,
  handler: async (context, { query: { closestAssetId, closestPersonId, page, size, withHidden } }) => {
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
  },
});

/** Ignores an asset that the caller may not see: the order of the people would reveal who is on it. */
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
