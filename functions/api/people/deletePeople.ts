import { operation } from '../http/operation.ts';
import { removePeople } from './remove-people.ts';
import { idsBody } from '../http/fields.ts';

export const deletePeople = operation('deletePeople', {
  method: 'DELETE',
  path: '/people',
  auth: 'user',
  permission: 'person.delete',
  status: 204,
  body: idsBody,
  handler: async (context, { body: { ids } }) => {
    await removePeople(context, ids);
  },
});
