import { lockSession } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';
import { requireSession } from './require-session.ts';

/** Hides locked assets from the current session. */
export const lockAuthSession = operation('lockAuthSession', {
  method: 'POST',
  path: '/auth/session/lock',
  auth: 'user',
  status: 204,
  handler: async (context) => {
    await lockSession(context.ports.db, requireSession(context), context.auth.user.id);
  },
});
