import { deleteApiKey as removeApiKey } from '#shared/users/api-key.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireOwnKey } from './require-own-key.ts';

/** Takes one of the caller's keys away. */
export async function deleteApiKey(
  { ports: { db }, auth }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<void> {
  requireOwnKey((await removeApiKey(db, id, auth.user.id)) || undefined);
}
