import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#shared/db/db.ts';

const addBytes = (sizeBytes: number) =>
  sql`"quotaUsageInBytes" = greatest(0, "quotaUsageInBytes" + ${sizeBytes}::bigint)`;

const hasRoomFor = (sizeBytes: number) =>
  sql<boolean>`("quotaSizeInBytes" is null or ${sizeBytes}::bigint < 0 or "quotaUsageInBytes" + ${sizeBytes}::bigint <= "quotaSizeInBytes")`;

/**
 * SQL: adds bytes to the usage of the user in the column "ownerId" of `assets`, a table of at most one row, for a
 * statement that also inserts the asset. It returns a row unless the quota would be exceeded.
 */
export const countUsage = (sizeBytes: number, assets: RawBuilder<unknown>) => sql`
  update "user" set ${addBytes(sizeBytes)} from ${assets} where "user"."id" = "ownerId" and ${hasRoomFor(sizeBytes)}
  returning "user"."id"`;

/**
 * Adds bytes to a user's usage. Returns false and adds nothing if the quota would be exceeded. Negative bytes are
 * always accepted.
 */
export async function addQuotaUsage(db: Db, userId: string, sizeBytes: number): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update "user" set ${addBytes(sizeBytes)} where "id" = ${userId} and ${hasRoomFor(sizeBytes)}`.execute(db);
  return numAffectedRows > 0n;
}

/** Adds bytes of an existing file even beyond the quota; later uploads are refused then. */
export async function forceQuotaUsage(tx: Db, userId: string, sizeBytes: number): Promise<void> {
  await sql`update "user" set ${addBytes(sizeBytes)} where "id" = ${userId}`.execute(tx);
}
