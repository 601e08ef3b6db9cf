import { requestSyncReset } from '#shared/users/session.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { serializeSession } from './serialize.ts';

/** Makes one of the caller's devices fetch everything anew at its next sync. */
export async function updateSession(
  { ports: { db }, auth }: RequestContext,
  { params: { id }, body: { isPendingSyncReset } }: RouteInput<{ id: string }, undefined, BodyOf<'updateSession'>>,
): Promise<ResponseOf<'updateSession'>> {
  if (isPendingSyncReset === undefined) throw new DarkroomError('input/invalid', 'No fields to update');
  const session = await requestSyncReset(db, id, auth.user.id, isPendingSyncReset);
  if (session === undefined) throw new DarkroomError('access/denied', 'Not found or no session.update access');
  return serializeSession(session, auth.session?.id);
}
