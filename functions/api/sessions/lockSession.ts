import { lockSession as lock } from '#shared/users/session.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext, RouteInput } from '../route.ts';

/** Hides locked assets from one of the caller's devices. */
export async function lockSession(
  { ports: { db }, auth }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<void> {
  if (!(await lock(db, id, auth.user.id))) {
    throw new DarkroomError('access/denied', 'Not found or no session.lock access');
  }
}
