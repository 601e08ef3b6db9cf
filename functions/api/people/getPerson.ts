import { operation } from '../http/operation.ts';
import { readPerson } from './read-person.ts';
import { idParams } from '../http/fields.ts';
import { serializePerson } from './serialize-person.ts';

export const getPerson = operation('getPerson', {
  method: 'GET',
  path: '/people/:id',
  auth: 'user',
  permission: 'person.read',
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    return serializePerson(await readPerson(context, 'person.read', id));
  },
});
