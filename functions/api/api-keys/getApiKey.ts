import { findApiKey } from '#shared/users/api-key.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeApiKey } from './serialize-api-key.ts';

export const getApiKey = operation('getApiKey', {
  method: 'GET',
  path: '/api-keys/:id',
  auth: 'user',
  permission: 'apiKey.read',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db }, auth }, { params: { id } }) => {
    return serializeApiKey(requireOwnKey(await findApiKey(db, id, auth.user.id)));
  },
});
