import { notYet, type Operations } from '../route.ts';

export const oauthRoutes = {
  startOAuth: notYet({ method: 'POST', path: '/oauth/authorize', auth: 'public', status: 201 }),
  logoutOAuth: notYet({
    method: 'POST',
    path: '/oauth/backchannel-logout',
    auth: 'public',
    accepts: 'form',
    status: 200,
  }),
  finishOAuth: notYet({ method: 'POST', path: '/oauth/callback', auth: 'public', status: 201 }),
  linkOAuthAccount: notYet({ method: 'POST', path: '/oauth/link', auth: 'user', status: 200 }),
  redirectOAuthToMobile: notYet({
    method: 'GET',
    path: '/oauth/mobile-redirect',
    auth: 'public',
    raw: true,
    status: 307,
  }),
  unlinkOAuthAccount: notYet({ method: 'POST', path: '/oauth/unlink', auth: 'user', status: 200 }),
  unlinkAllOAuthAccountsAdmin: notYet({
    method: 'POST',
    path: '/admin/auth/unlink-all',
    auth: 'admin',
    permission: 'adminAuth.unlinkAll',
    status: 204,
  }),
} satisfies Partial<Operations>;
