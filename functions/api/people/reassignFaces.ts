import { z } from 'zod';
import { listFacesOfPerson, moveFaces } from '#shared/people/place-face.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readPerson } from './read-person.ts';
import { idParams } from '../http/fields.ts';
import { serializePerson } from './serialize-person.ts';

const reassignFacesBody = z.object({
  data: z.array(z.object({ assetId: z.uuid(), personId: z.uuid() })).max(10_000),
}) satisfies z.ZodType<BodyOf<'reassignFaces'>>;

/** Assigns faces of other people on some assets to this person; the response contains the person once for each face. */
export const reassignFaces = operation('reassignFaces', {
  method: 'PUT',
  path: '/people/:id/reassign',
  auth: 'user',
  permission: 'person.reassign',
  status: 200,
  params: idParams,
  body: reassignFacesBody,
  handler: async (context, { params: { id }, body: { data } }) => {
    const person = await readPerson(context, 'person.update', id);
    const { db, relay } = context.ports;
    const faceIds: string[] = [];
    for (const { personId, assetId } of data) {
      for (const face of await listFacesOfPerson(db, personId, assetId)) faceIds.push(face.id);
    }
    await requireAccess(context, 'person.create', faceIds);
    await moveFaces(db, faceIds, person);
    relay.kick();
    const now = serializePerson(await readPerson(context, 'person.update', id));
    return faceIds.map(() => now);
  },
});
