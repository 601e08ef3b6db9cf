import { beginRemoval } from '#shared/accounts/account.ts';
import { softDeleteUser } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { removeAccount } from '#shared/accounts/remove-account.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { requireUser, toUserAdmin } from './find-user-admin.ts';

/**
 * Closes an account. It can be restored until its time is over; with `force` it cannot: its photos go by their events,
 * and with the last of them the account.
 */
export async function deleteUserAdmin(
  { ports: { db, store, relay }, auth }: RequestContext,
  { params: { id }, body }: RouteInput<{ id: string }, undefined, BodyOf<'deleteUserAdmin'>>,
): Promise<ResponseOf<'deleteUserAdmin'>> {
  if (auth.user.id === id) throw new DarkroomError('auth/forbidden', 'Cannot delete your own account');
  const deleted = requireUser(body.force === true ? await beginRemoval(db, id) : await softDeleteUser(db, id));
  const answer = await toUserAdmin(db, deleted);
  if (body.force === true) {
    relay.kick();
    await removeAccount({ db, store }, id);
  }
  return answer;
}
