import { DarkroomError } from '#shared/errors/errors.ts';
import { deleteSession as endSession } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

/** Logs out one of the caller's devices. */
export const deleteSession = operation('deleteSession', {
  method: 'DELETE',
  path: '/sessions/:id',
  auth: 'user',
  permission: 'session.delete',
  status: 204,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db }, auth }, { params: { id } }) => {
    if (!(await endSession(db, id, auth.user.id))) {
      throw new DarkroomError('access/denied', 'Not found or no authDevice.delete access');
    }
  },
});
