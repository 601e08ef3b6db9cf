import { sql } from 'kysely';
import type { Db } from '../db.ts';

/** Ends sessions that have expired or were not used for 90 days. */
export async function deleteExpiredSessions(db: Db): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where(sql<boolean>`("expiresAt" < now() or "updatedAt" < now() - interval '90 days')`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
