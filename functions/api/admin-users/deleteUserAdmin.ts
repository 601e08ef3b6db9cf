import { softDeleteUser } from '#shared/db/queries/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireUser, toUserAdmin } from './find-user-admin.ts';

/** Closes an account. It can be restored until its files are removed: after the delay, or soon with `force`. */
export async function deleteUserAdmin(
  { ports: { db }, auth }: RequestContext,
  { params: { id }, body }: RouteInput<{ id: string }, undefined, BodyOf<'deleteUserAdmin'>>,
): Promise<ResponseOf<'deleteUserAdmin'>> {
  if (auth.user.id === id) throw new DarkroomError('auth/forbidden', 'Cannot delete your own account');
  const deleted = await softDeleteUser(db, id, body.force === true ? 'removing' : 'deleted');
  return toUserAdmin(db, requireUser(deleted));
}
