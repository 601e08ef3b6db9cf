import { findSession } from '#shared/users/session.ts';
import { findUser } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

/** Which secrets the account has, and whether this session may see locked assets. */
export async function getAuthStatus({ ports: { db }, auth }: RequestContext): Promise<ResponseOf<'getAuthStatus'>> {
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
}
