import { updateApiKey as changeApiKey } from '#shared/users/api-key.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireGrantable } from './require-grantable.ts';
import { requireOwnKey } from './require-own-key.ts';
import { serializeApiKey } from './serialize.ts';

/** Renames one of the caller's keys, or changes what it may do. */
export async function updateApiKey(
  context: RequestContext,
  { params: { id }, body }: RouteInput<{ id: string }, undefined, BodyOf<'updateApiKey'>>,
): Promise<ResponseOf<'updateApiKey'>> {
  const { ports, auth } = context;
  requireGrantable(context, body.permissions ?? []);
  return serializeApiKey(requireOwnKey(await changeApiKey(ports.db, id, auth.user.id, body)));
}
