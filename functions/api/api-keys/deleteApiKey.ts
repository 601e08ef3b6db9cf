import { deleteApiKey as removeApiKey } from '#shared/users/api-key.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { requireOwnKey } from './require-own-key.ts';

export const deleteApiKey = operation('deleteApiKey', {
  method: 'DELETE',
  path: '/api-keys/:id',
  auth: 'user',
  permission: 'apiKey.delete',
  status: 204,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db }, auth }, { params: { id } }) => {
    requireOwnKey((await removeApiKey(db, id, auth.user.id)) || undefined);
  },
});
