import { deleteSession as endSession } from '#shared/users/session.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext, RouteInput } from '../route.ts';

/** Logs out one of the caller's devices. */
export async function deleteSession(
  { ports: { db }, auth }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<void> {
  if (!(await endSession(db, id, auth.user.id))) {
    throw new DarkroomError('access/denied', 'Not found or no authDevice.delete access');
  }
}
