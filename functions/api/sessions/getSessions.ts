import { listSessions } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';
import { serializeSession } from './serialize-session.ts';

export const getSessions = operation('getSessions', {
  method: 'GET',
  path: '/sessions',
  auth: 'user',
  permission: 'session.read',
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    const sessions = await listSessions(db, auth.user.id);
    return sessions.map((session) => serializeSession(session, auth.session?.id));
  },
});
