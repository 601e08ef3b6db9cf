import { DarkroomError } from '#shared/errors/errors.ts';
import { findSession } from '#shared/users/session.ts';
import { findUser } from '#shared/users/user.ts';
import { operation } from '../http/operation.ts';

/** Reports which secrets the account has, and whether this session may see locked assets. */
export const getAuthStatus = operation('getAuthStatus', {
  method: 'GET',
  path: '/auth/status',
  auth: 'user',
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    const user = await findUser(db, auth.user.id);
    if (user === undefined) throw new DarkroomError('auth/invalid', 'Invalid user token');
    const session = auth.session && (await findSession(db, auth.session.id));
    return {
      isElevated: auth.session?.hasElevatedPermission === true,
      password: user.password !== null,
      pinCode: user.pinCode !== null,
      ...(session?.expiresAt ? { expiresAt: session.expiresAt.toISOString() } : {}),
      ...(session?.pinExpiresAt ? { pinExpiresAt: session.pinExpiresAt.toISOString() } : {}),
    };
  },
});
