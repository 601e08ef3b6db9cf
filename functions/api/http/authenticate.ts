import type { FastifyRequest } from 'fastify';
import { findCookie } from '#shared/auth/login-cookies.ts';
import { isGranted } from '#shared/auth/permissions.ts';
import { hashToken } from '#shared/auth/tokens.ts';
import type { Db } from '#shared/db/db.ts';
import { findApiKeyByHash } from '#shared/users/api-key.ts';
import { findSessionByToken, touchSession, unlockSession } from '#shared/users/session.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { Auth } from './auth.ts';
import { readDevice } from './device.ts';
import type { OperationRow } from './operation.ts';

/** The credentials of a request, in the order in which the contract looks for them. */
type Credentials =
  | { kind: 'share' }
  | { kind: 'session'; token: string; isCookie: boolean }
  | { kind: 'apiKey'; secret: string }
  | { kind: 'none' };

/**
 * Authenticates the caller and checks whether they may call this operation. An unreachable database throws
 * `db/unavailable`, never a 401: clients wipe their data on a 401.
 * @throws auth/required, auth/invalid, auth/forbidden
 */
export async function authenticate(db: Db, request: FastifyRequest, row: OperationRow): Promise<Auth> {
  const auth = await findAuth(db, request, findCredentials(request));
  if (auth.apiKey !== undefined && row.anyScope !== true) {
    const need = row.permission ?? 'all';
    if (!isGranted(auth.apiKey.permissions, [need]))
      throw new DarkroomError('auth/forbidden', `Missing required permission: ${need}`);
  }
  if (row.auth === 'admin' && !auth.user.isAdmin) throw new DarkroomError('auth/forbidden');
  return auth;
}

async function findAuth(db: Db, request: FastifyRequest, credentials: Credentials): Promise<Auth> {
  switch (credentials.kind) {
    case 'none':
      throw new DarkroomError('auth/required');
    case 'share':
      throw new DarkroomError('auth/invalid', 'Invalid share key');
    case 'apiKey': {
      const found = await findApiKeyByHash(db, hashToken(credentials.secret));
      if (found === undefined) throw new DarkroomError('auth/invalid', 'Invalid API key');
      return found;
    }
    case 'session': {
      if (credentials.isCookie) refuseForeignOrigin(request);
      const found = await findSessionByToken(db, hashToken(credentials.token));
      if (found === undefined) throw new DarkroomError('auth/invalid', 'Invalid user token');
      const { id, pinExpiresAt, updatedAt } = found.session;
      const device = readDevice(request);
      const isUpdated = device.appVersion !== null && device.appVersion !== found.session.appVersion;
      if (isUpdated || Date.now() - updatedAt.getTime() > hourMs) await touchSession(db, id, device);
      const elevatedMs = pinExpiresAt === null ? 0 : pinExpiresAt.getTime() - Date.now();
      // Extends the elevated permission while it is in use, so that it does not end in the middle of browsing locked assets.
      if (elevatedMs > 0 && elevatedMs < 5 * minuteMs) await unlockSession(db, id, found.user.id, 5);
      return {
        user: found.user,
        session: { id, hasElevatedPermission: elevatedMs > 0 },
      };
    }
  }
}

const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;

/** @see the contract, section 3.1: a share key beats a session, a session beats an API key */
function findCredentials({ headers, query }: FastifyRequest): Credentials {
  const one = (value: unknown) => {
    if (Array.isArray(value)) throw new DarkroomError('input/invalid', 'A credential may stand only once');
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const of = (query ?? {}) as Record<string, unknown>;
  const share = [headers['x-immich-share-key'], of['key'], headers['x-immich-share-slug'], of['slug']]
    .map(one)
    .find(Boolean);
  if (share !== undefined) return { kind: 'share' };
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = [headers['x-immich-user-token'], headers['x-immich-session-token'], of['sessionKey'], bearer]
    .map(one)
    .find(Boolean);
  if (token !== undefined) return { kind: 'session', token, isCookie: false };
  const cookie = findCookie(headers.cookie, 'immich_access_token');
  if (cookie) return { kind: 'session', token: cookie, isCookie: true };
  const secret = one(headers['x-api-key']) ?? one(of['apiKey']);
  return secret === undefined ? { kind: 'none' } : { kind: 'apiKey', secret };
}

/** Rejects writes by a page of another host or port that uses the visitor's cookie. */
function refuseForeignOrigin({ method, headers, host }: FastifyRequest): void {
  const { origin } = headers;
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw new DarkroomError('auth/forbidden', 'Forbidden');
}
