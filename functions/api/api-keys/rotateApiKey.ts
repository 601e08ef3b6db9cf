import { createToken } from '#shared/auth/tokens.ts';
import { findApiKey, updateApiKey } from '#shared/users/api-key.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { requireGrantable } from './require-grantable.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeNewApiKey } from './serialize-api-key.ts';

/** Gives one of the caller's keys a new secret; the old one stops working at once. */
export const rotateApiKey = operation('rotateApiKey', {
  method: 'POST',
  path: '/api-keys/:id/rotate',
  auth: 'user',
  permission: 'apiKey.rotate',
  status: 201,
  params: lowerCaseIdParams,
  handler: async (context, { params: { id } }) => {
    const { ports, auth } = context;
    const { permissions } = requireOwnKey(await findApiKey(ports.db, id, auth.user.id));
    requireGrantable(context, permissions, 'Cannot rotate an API Key with permissions you do not have');
    const { secret, hash } = createToken();
    const key = requireOwnKey(await updateApiKey(ports.db, id, auth.user.id, { key: hash }));
    return serializeNewApiKey(key, secret);
  },
});
