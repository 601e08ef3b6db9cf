import { z } from 'zod';
import * as people from '#shared/people/person.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { personFields } from './person-schemas.ts';
import { serializePerson } from './serialize-person.ts';

const createPersonBody = z.object(personFields) satisfies z.ZodType<BodyOf<'createPerson'>>;

export const createPerson = operation('createPerson', {
  method: 'POST',
  path: '/people',
  auth: 'user',
  permission: 'person.create',
  status: 201,
  body: createPersonBody,
  handler: async ({ ports, auth }, { body }) => {
    return serializePerson(await people.createPerson(ports.db, auth.user.id, body));
  },
});
