import { DarkroomError } from '#shared/errors/errors.ts';
import { findApiKey } from '#shared/users/api-key.ts';
import { operation } from '../http/operation.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeApiKey } from './serialize-api-key.ts';

/** Returns the key that authenticates the request. */
export const getMyApiKey = operation('getMyApiKey', {
  method: 'GET',
  path: '/api-keys/me',
  auth: 'user',
  anyScope: true,
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    if (auth.apiKey === undefined) throw new DarkroomError('auth/forbidden', 'Not authenticated with an API Key');
    return serializeApiKey(requireOwnKey(await findApiKey(db, auth.apiKey.id, auth.user.id)));
  },
});
