import { z } from 'zod';
import { moveFaces } from '#shared/people/place-face.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readPerson } from '../people/read-person.ts';
import { serializePerson } from '../people/serialize-person.ts';
import { idParams } from '../http/fields.ts';

const faceBody = z.object({ id: z.uuid() }) satisfies z.ZodType<BodyOf<'reassignFacesById'>>;

/** Assigns one face to a person. */
export const reassignFacesById = operation('reassignFacesById', {
  method: 'PUT',
  path: '/faces/:id',
  auth: 'user',
  permission: 'face.update',
  status: 200,
  params: idParams,
  body: faceBody,
  handler: async (context, { params: { id: personId }, body: { id: faceId } }) => {
    const person = await readPerson(context, 'person.update', personId);
    await requireAccess(context, 'person.create', [faceId]);
    await moveFaces(context.ports.db, [faceId], person);
    context.ports.relay.kick();
    return serializePerson(await readPerson(context, 'person.update', personId));
  },
});
