import { findApiKey } from '#shared/users/api-key.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeApiKey } from './serialize.ts';

/** One of the caller's keys. */
export async function getApiKey(
  { ports: { db }, auth }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'getApiKey'>> {
  return serializeApiKey(requireOwnKey(await findApiKey(db, id, auth.user.id)));
}
