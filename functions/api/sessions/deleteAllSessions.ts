import { deleteOtherSessions } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';

/** Logs out all devices of the caller except the current one. */
export const deleteAllSessions = operation('deleteAllSessions', {
  method: 'DELETE',
  path: '/sessions',
  auth: 'user',
  permission: 'session.delete',
  status: 204,
  handler: async ({ ports: { db }, auth }) => {
    await deleteOtherSessions(db, auth.user.id, auth.session?.id);
  },
});
