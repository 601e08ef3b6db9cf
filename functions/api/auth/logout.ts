import { logoutCookies } from '#shared/auth/login-cookies.ts';
import { deleteSession } from '#shared/users/session.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

/** Ends the session that asks, with those made from it, and takes its cookies away. */
export async function logout({ ports, auth, reply }: RequestContext): Promise<ResponseOf<'logout'>> {
  if (auth.session !== undefined) await deleteSession(ports.db, auth.session.id, auth.user.id);
  reply.header('set-cookie', logoutCookies());
  return { successful: true, redirectUri: '/auth/login?autoLaunch=0' };
}
