import { listApiKeys } from '#shared/users/api-key.ts';
import { operation } from '../http/operation.ts';
import { serializeApiKey } from './serialize-api-key.ts';

export const getApiKeys = operation('getApiKeys', {
  method: 'GET',
  path: '/api-keys',
  auth: 'user',
  permission: 'apiKey.read',
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    return (await listApiKeys(db, auth.user.id)).map(serializeApiKey);
  },
});
