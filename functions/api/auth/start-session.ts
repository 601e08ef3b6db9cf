import { loginCookies, type AuthType } from '#shared/auth/login-cookies.ts';
import { createToken } from '#shared/auth/tokens.ts';
import { createSession } from '#shared/users/session.ts';
import { findUserMetadata } from '#shared/users/user-metadata.ts';
import type { User } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import type { ResponseOf } from '../http/contract.ts';
import { readDevice } from '../http/device.ts';
import type { PublicContext } from '../http/operation.ts';
import { isOnboarded } from '../users/onboarding.ts';

/** Creates a session, sets its cookies on the reply, and returns the response with its token. */
export async function startSession(
  { ports: { db }, request, reply }: PublicContext,
  user: User,
  authType: AuthType,
): Promise<ResponseOf<'login'>> {
  const { secret, hash } = createToken();
  await createSession(db, { id: newId(), token: hash, userId: user.id, ...readDevice(request) });
  reply.header('set-cookie', loginCookies(secret, authType, request.protocol === 'https'));
  return {
    accessToken: secret,
    isAdmin: user.isAdmin,
    isOnboarded: isOnboarded(await findUserMetadata(db, user.id, 'onboarding')),
    name: user.name,
    profileImagePath: user.profileImagePath,
    shouldChangePassword: user.shouldChangePassword,
    userEmail: user.email,
    userId: user.id,
  };
}
