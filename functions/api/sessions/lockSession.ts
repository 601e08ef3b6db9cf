import { DarkroomError } from '#shared/errors/errors.ts';
import { lockSession as lock } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

/** Hides locked assets from one of the caller's devices. */
export const lockSession = operation('lockSession', {
  method: 'POST',
  path: '/sessions/:id/lock',
  auth: 'user',
  permission: 'session.lock',
  status: 204,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db }, auth }, { params: { id } }) => {
    if (!(await lock(db, id, auth.user.id))) {
      throw new DarkroomError('access/denied', 'Not found or no session.lock access');
    }
  },
});
