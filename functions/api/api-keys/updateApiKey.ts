import { z } from 'zod';
import { updateApiKey as changeApiKey } from '#shared/users/api-key.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { requireGrantable } from './require-grantable.ts';
import { requireOwnKey } from './require-own-key.ts';
import { permissionsField, nameField } from './api-key-schemas.ts';
import { serializeApiKey } from './serialize-api-key.ts';

const updateApiKeyBody = z.object({
  name: nameField,
  permissions: permissionsField.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateApiKey'>>;

/** Changes the name or the permissions of one of the caller's keys. */
export const updateApiKey = operation('updateApiKey', {
  method: 'PUT',
  path: '/api-keys/:id',
  auth: 'user',
  permission: 'apiKey.update',
  patchAlias: true,
  status: 200,
  params: lowerCaseIdParams,
  body: updateApiKeyBody,
  handler: async (context, { params: { id }, body }) => {
    const { ports, auth } = context;
    requireGrantable(context, body.permissions ?? []);
    return serializeApiKey(requireOwnKey(await changeApiKey(ports.db, id, auth.user.id, body)));
  },
});
