import type { Session } from '#shared/db/tables.ts';
import type { ResponseOf } from '../http/contract.ts';

type SessionResponse = ResponseOf<'getSessions'>[number];

/** A session as its user sees it; `currentId` is that of the current session. */
export function serializeSession(session: Session, currentId: string | undefined): SessionResponse {
  return {
    id: session.id,
    createdAt: session.createdAt.toISOString(),
    updatedAt: session.updatedAt.toISOString(),
    ...(session.expiresAt === null ? {} : { expiresAt: session.expiresAt.toISOString() }),
    current: session.id === currentId,
    deviceType: session.deviceType,
    deviceOS: session.deviceOS,
    appVersion: session.appVersion,
    isPendingSyncReset: session.isPendingSyncReset,
  };
}
