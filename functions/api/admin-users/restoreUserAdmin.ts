import { restoreUser } from '#shared/users/user.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireUser, toUserAdmin } from './find-user-admin.ts';

/** Opens a closed account again. */
export async function restoreUserAdmin(
  { ports: { db, relay } }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'restoreUserAdmin'>> {
  const user = requireUser(await restoreUser(db, id));
  relay.kick();
  return toUserAdmin(db, user);
}
