import { createToken } from '#shared/auth/tokens.ts';
import { findApiKey, updateApiKey } from '#shared/users/api-key.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireGrantable } from './require-grantable.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeNewApiKey } from './serialize.ts';

/** Gives one of the caller's keys a new secret; the old one stops working at once. */
export async function rotateApiKey(
  context: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'rotateApiKey'>> {
  const { ports, auth } = context;
  const { permissions } = requireOwnKey(await findApiKey(ports.db, id, auth.user.id));
  requireGrantable(context, permissions, 'Cannot rotate an API Key with permissions you do not have');
  const { secret, hash } = createToken();
  const key = requireOwnKey(await updateApiKey(ports.db, id, auth.user.id, { key: hash }));
  return serializeNewApiKey(key, secret);
}
