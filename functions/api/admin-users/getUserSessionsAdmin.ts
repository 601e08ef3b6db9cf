import { listSessions } from '#shared/users/session.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { serializeSession } from '../sessions/serialize.ts';

/** Where a user is logged in. */
export async function getUserSessionsAdmin(
  { ports: { db }, auth }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'getUserSessionsAdmin'>> {
  const sessions = await listSessions(db, id);
  return sessions.map((session) => serializeSession(session, auth.session?.id));
}
