import { z } from 'zod';
import { createToken } from '#shared/auth/tokens.ts';
import { newId } from '#shared/ids/ids.ts';
import { createApiKey as insertApiKey } from '#shared/users/api-key.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireGrantable } from './require-grantable.ts';
import { permissionsField, nameField } from './api-key-schemas.ts';
import { serializeNewApiKey } from './serialize-api-key.ts';

const createApiKeyBody = z.object({ name: nameField, permissions: permissionsField }) satisfies z.ZodType<
  BodyOf<'createApiKey'>
>;

/** Creates a key for the caller; only this response contains its secret. */
export const createApiKey = operation('createApiKey', {
  method: 'POST',
  path: '/api-keys',
  auth: 'user',
  permission: 'apiKey.create',
  status: 201,
  body: createApiKeyBody,
  handler: async (context, { body: { name, permissions } }) => {
    requireGrantable(context, permissions);
    const { secret, hash } = createToken();
    const key = await insertApiKey(context.ports.db, {
      id: newId(),
      name: name || 'API Key',
      key: hash,
      userId: context.auth.user.id,
      permissions,
    });
    return serializeNewApiKey(key, secret);
  },
});
