import { createToken } from '#shared/auth/tokens.ts';
import { createApiKey as insertApiKey } from '#shared/users/api-key.ts';
import { newId } from '#shared/ids/ids.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireGrantable } from './require-grantable.ts';
import { serializeNewApiKey } from './serialize.ts';

/** Makes a key for the caller; its secret is in this answer and nowhere else. */
export async function createApiKey(
  context: RequestContext,
  { body: { name, permissions } }: RouteInput<undefined, undefined, BodyOf<'createApiKey'>>,
): Promise<ResponseOf<'createApiKey'>> {
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
}
