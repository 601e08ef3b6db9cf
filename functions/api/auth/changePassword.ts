import { z } from 'zod';
import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { deleteOtherSessions } from '#shared/users/session.ts';
import { findUser } from '#shared/users/user.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { saveUser } from '../users/save-user.ts';
import { passwordField } from '../users/user-schemas.ts';
import { checkSecret } from './check-secret.ts';

const changePasswordBody = z.object({
  invalidateSessions: z.boolean().default(false),
  newPassword: passwordField.min(8),
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'changePassword'>>;

/** Requires the old password; with `invalidateSessions` every other session ends. */
export const changePassword = operation('changePassword', {
  method: 'POST',
  path: '/auth/change-password',
  auth: 'user',
  permission: 'auth.changePassword',
  status: 200,
  body: changePasswordBody,
  handler: async ({ ports: { db }, auth, reply }, { body }) => {
    const userId = auth.user.id;
    const user = await findUser(db, userId);
    if (!(await checkSecret({ db, reply }, { what: 'password', userId }, body.password, user?.password))) {
      throw new DarkroomError('input/invalid', 'Wrong password');
    }
    const password = await hashPassword(body.newPassword);
    const saved = await saveUser(db, userId, { password, shouldChangePassword: false });
    if (body.invalidateSessions) await deleteOtherSessions(db, userId, auth.session?.id);
    return saved;
  },
});
