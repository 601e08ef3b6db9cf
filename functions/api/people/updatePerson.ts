import { z } from 'zod';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { changePerson } from './change-person.ts';
import { personChanges } from './person-schemas.ts';
import { idParams } from '../http/fields.ts';

const updatePersonBody = z.object(personChanges) satisfies z.ZodType<BodyOf<'updatePerson'>>;

export const updatePerson = operation('updatePerson', {
  method: 'PUT',
  path: '/people/:id',
  auth: 'user',
  permission: 'person.update',
  patchAlias: true,
  status: 200,
  params: idParams,
  body: updatePersonBody,
  handler: async (context, { params: { id }, body }) => {
    return changePerson(context, id, body);
  },
});
