import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#shared/db/db.ts';

const addBytes = (sizeBytes: number) =>
  sql`"quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + ${sizeBytes}::bigint)`;

const hasRoomFor = (sizeBytes: number) =>
  sql<boolean>`("quotaSizeInBytes" is null or ${sizeBytes}::bigint < 0 or "quotaUsageInBytes" + ${sizeBytes}::bigint <= "quotaSizeInBytes")`;

/**
 * SQL: counts bytes to the user in the column "ownerId" of `assets`, a table of one row at most, for a statement that
 * makes the asset too. It returns a row unless that would pass the quota.
 */
export const countUsage = (sizeBytes: number, assets: RawBuilder<unknown>) => sql`
  update "user" set ${addBytes(sizeBytes)} from ${assets} where "user"."id" = "ownerId" and ${hasRoomFor(sizeBytes)}
  returning "user"."id"`;

/** Counts bytes to a user. False, and nothing counted, if that would pass the quota. Negative bytes always fit. */
export async function addQuotaUsage(db: Db, userId: string, sizeBytes: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update "user" set ${addBytes(sizeBytes)} where "id" = ${userId} and ${hasRoomFor(sizeBytes)}`.execute(db);
  return numAffectedRows > 0n;
}

/** Counts bytes of a file that is there whatever the quota says; what comes next is refused. */
export async function forceQuotaUsage(tx: Db, userId: string, sizeBytes: number): Promise<void> {
  await sql`update "user" set ${addBytes(sizeBytes)} where "id" = ${userId}`.execute(tx);
}
