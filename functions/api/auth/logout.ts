import { logoutCookies } from '#shared/auth/login-cookies.ts';
import { deleteSession } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';

/** Ends the current session and those created from it, and removes its cookies. */
export const logout = operation('logout', {
  method: 'POST',
  path: '/auth/logout',
  auth: 'user',
  status: 200,
  handler: async ({ ports, auth, reply }) => {
    if (auth.session !== undefined) await deleteSession(ports.db, auth.session.id, auth.user.id);
    reply.header('set-cookie', logoutCookies());
    return { successful: true, redirectUri: '/auth/login?autoLaunch=0' };
  },
});
