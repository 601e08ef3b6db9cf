import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { Session, User } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';

export type NewSession = Pick<Session, 'id' | 'token' | 'userId'> &
  Partial<
    Pick<Session, 'parentId' | 'deviceType' | 'deviceOS' | 'appVersion' | 'expiresAt' | 'oauthSid' | 'oauthBearerToken'>
  >;

/** `token` is the hash of the secret, never the secret. */
export async function createSession(db: Db, session: NewSession): Promise<Session> {
  return db
    .insertInto('session')
    .values({
      parentId: null,
      appVersion: null,
      expiresAt: null,
      pinExpiresAt: null,
      oauthSid: null,
      oauthBearerToken: null,
      ...session,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function findSession(db: Db, id: string): Promise<Session | undefined> {
  return db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst();
}

export type SessionWithUser = {
  session: Pick<Session, 'id' | 'appVersion' | 'updatedAt' | 'expiresAt' | 'pinExpiresAt'>;
  user: User;
};

/** The session with this token's hash, if it has not expired and its user is not deleted. */
export async function findSessionByToken(db: Db, token: Buffer): Promise<SessionWithUser | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.userId')
    .selectAll('user')
    .select([
      'session.id as sessionId',
      'session.appVersion',
      'session.updatedAt as sessionUpdatedAt',
      'session.expiresAt',
      'session.pinExpiresAt',
    ])
    .where('session.token', '=', token)
    .where('user.deletedAt', 'is', null)
    .where((eb) => eb.or([eb('session.expiresAt', 'is', null), eb('session.expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { sessionId: id, sessionUpdatedAt: updatedAt, appVersion, expiresAt, pinExpiresAt, ...user } = row;
  return { session: { id, appVersion, updatedAt, expiresAt, pinExpiresAt }, user };
}

/**
 * Updates the time of last use of a session, and its device if known. Callers do so at most hourly, to save a write for
 * each request.
 */
export async function touchSession(
  db: Db,
  id: string,
  device: Pick<Session, 'deviceType' | 'deviceOS' | 'appVersion'>,
): Promise<void> {
  const known = Object.fromEntries(Object.entries(device).filter(([, value]) => value));
  await db
    .updateTable('session')
    .set({ ...known, updatedAt: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** The sessions of a user that have not expired, the latest used first. */
export async function listSessions(db: Db, userId: string): Promise<Session[]> {
  return db
    .selectFrom('session')
    .selectAll()
    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
    .orderBy('updatedAt', 'desc')
    .orderBy('createdAt', 'desc')
    .execute();
}

/** False if this user has no such session. Sessions created from it end too. */
export async function deleteSession(db: Db, id: string, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('id', '=', id)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * Ends every session of a user except `keptId`, which stays even if the session that created it ends. Without `keptId`,
 * all of them.
 */
export async function deleteOtherSessions(db: Db, userId: string, keptId?: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    let others = tx.deleteFrom('session').where('userId', '=', userId);
    if (keptId !== undefined) {
      await tx.updateTable('session').set({ parentId: null }).where('id', '=', keptId).execute();
      others = others.where('id', '!=', keptId);
    }
    await others.execute();
  });
}

/** False if this user has no such session. */
export async function lockSession(db: Db, id: string, userId: string): Promise<boolean> {
  return changeSession(db, id, userId, { pinExpiresAt: null });
}

/** Allows a session to see locked assets for `minutes`. False if this user has no such session. */
export async function unlockSession(db: Db, id: string, userId: string, minutes: number): Promise<boolean> {
  return changeSession(db, id, userId, { pinExpiresAt: sql<Date>`now() + make_interval(mins => ${minutes})` });
}

/** Makes the client of a session fetch all data again at its next sync. undefined if this user has no such session. */
export async function requestSyncReset(
  db: Db,
  id: string,
  userId: string,
  isPendingSyncReset: boolean,
): Promise<Session | undefined> {
  return db
    .updateTable('session')
    .set({ isPendingSyncReset, updatedAt: sql`now()` })
    .where('id', '=', id)
    .where('userId', '=', userId)
    .returningAll()
    .executeTakeFirst();
}

async function changeSession(
  db: Db,
  id: string,
  userId: string,
  { pinExpiresAt }: { pinExpiresAt: null | ReturnType<typeof sql<Date>> },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('session')
    .set({ pinExpiresAt })
    .where('id', '=', id)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Locks all sessions of a user: none can see locked assets. */
export async function lockAllSessions(db: Db, userId: string): Promise<void> {
  await db.updateTable('session').set({ pinExpiresAt: null }).where('userId', '=', userId).execute();
}

/** Ends sessions that have expired or were not used for 90 days. */
export async function deleteExpiredSessions(db: Db): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where(sql<boolean>`("expiresAt" < now() or "updatedAt" < now() - interval '90 days')`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
