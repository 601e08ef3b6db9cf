import { listSessions } from '#shared/users/session.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { serializeSession } from './serialize.ts';

/** Where the caller is logged in. */
export async function getSessions({ ports: { db }, auth }: RequestContext): Promise<ResponseOf<'getSessions'>> {
  const sessions = await listSessions(db, auth.user.id);
  return sessions.map((session) => serializeSession(session, auth.session?.id));
}
