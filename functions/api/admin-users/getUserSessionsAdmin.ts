import { listSessions } from '#shared/users/session.ts';
import { operation } from '../http/operation.ts';
import { serializeSession } from '../sessions/serialize-session.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

export const getUserSessionsAdmin = operation('getUserSessionsAdmin', {
  method: 'GET',
  path: '/admin/users/:id/sessions',
  auth: 'admin',
  permission: 'adminSession.read',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db }, auth }, { params: { id } }) => {
    const sessions = await listSessions(db, id);
    return sessions.map((session) => serializeSession(session, auth.session?.id));
  },
});
