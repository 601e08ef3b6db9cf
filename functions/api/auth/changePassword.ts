import { hashPassword } from '#shared/auth/passwords.ts';
import { deleteOtherSessions } from '#shared/users/session.ts';
import { findUser } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { saveUser } from '../users/save-user.ts';
import { checkSecret } from './secret-turn.ts';

/** Sets a new password by the old one; with `invalidateSessions` every other session ends. */
export async function changePassword(
  { ports: { db }, auth, reply }: RequestContext,
  { body }: RouteInput<undefined, undefined, BodyOf<'changePassword'>>,
): Promise<ResponseOf<'changePassword'>> {
  const userId = auth.user.id;
  const user = await findUser(db, userId);
  if (!(await checkSecret({ db, reply }, { what: 'password', userId }, body.password, user?.password))) {
    throw new DarkroomError('input/invalid', 'Wrong password');
  }
  const password = await hashPassword(body.newPassword);
  const saved = await saveUser(db, userId, { password, shouldChangePassword: false });
  if (body.invalidateSessions === true) await deleteOtherSessions(db, userId, auth.session?.id);
  return saved;
}
