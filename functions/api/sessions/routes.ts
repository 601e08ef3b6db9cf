import { route, type Operations } from '../route.ts';
import { idParams as params } from '../users/schemas.ts';
import { createSession } from './createSession.ts';
import { deleteAllSessions } from './deleteAllSessions.ts';
import { deleteSession } from './deleteSession.ts';
import { getSessions } from './getSessions.ts';
import { lockSession } from './lockSession.ts';
import { createSessionBody, updateSessionBody } from './schemas.ts';
import { updateSession } from './updateSession.ts';

export const sessionsRoutes = {
  deleteAllSessions: route({ method: 'DELETE', path: '/sessions', auth: 'user', permission: 'session.delete', status: 204, handler: deleteAllSessions }),
  getSessions: route({ method: 'GET', path: '/sessions', auth: 'user', permission: 'session.read', status: 200, handler: getSessions }),
  createSession: route({ method: 'POST', path: '/sessions', auth: 'user', permission: 'session.create', status: 201, body: createSessionBody, handler: createSession }),
  deleteSession: route({ method: 'DELETE', path: '/sessions/:id', auth: 'user', permission: 'session.delete', status: 204, params, handler: deleteSession }),
  updateSession: route({ method: 'PUT', path: '/sessions/:id', auth: 'user', permission: 'session.update', patchAlias: true, status: 200, params, body: updateSessionBody, handler: updateSession }),
  lockSession: route({ method: 'POST', path: '/sessions/:id/lock', auth: 'user', permission: 'session.lock', status: 204, params, handler: lockSession }),
} satisfies Partial<Operations>; // prettier-ignore
