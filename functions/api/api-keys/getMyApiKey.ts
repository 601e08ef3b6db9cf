import { findApiKey } from '#shared/users/api-key.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeApiKey } from './serialize.ts';

/** The key that the request came with. */
export async function getMyApiKey({ ports: { db }, auth }: RequestContext): Promise<ResponseOf<'getMyApiKey'>> {
  if (auth.apiKey === undefined) throw new DarkroomError('auth/forbidden', 'Not authenticated with an API Key');
  return serializeApiKey(requireOwnKey(await findApiKey(db, auth.apiKey.id, auth.user.id)));
}
