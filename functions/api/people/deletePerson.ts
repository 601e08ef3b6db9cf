import { operation } from '../http/operation.ts';
import { removePeople } from './remove-people.ts';
import { idParams } from '../http/fields.ts';

export const deletePerson = operation('deletePerson', {
  method: 'DELETE',
  path: '/people/:id',
  auth: 'user',
  permission: 'person.delete',
  status: 204,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await removePeople(context, [id]);
  },
});
