import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { inTransaction } from '#shared/db/transaction.ts';

/** Keys of metadata of a user, as in Immich. */
export type UserMetadataKey = 'preferences' | 'license' | 'onboarding';

/** Returns undefined if the user has no value for this key. */
export async function findUserMetadata(db: Db, userId: string, key: UserMetadataKey): Promise<unknown> {
  const row = await db
    .selectFrom('user_metadata')
    .select('value')
    .where('userId', '=', userId)
    .where('key', '=', key)
    .executeTakeFirst();
  return row?.value;
}

/** The values of many users by user id; users without one are missing. */
export async function listUserMetadata(
  db: Db,
  userIds: readonly string[],
  key: UserMetadataKey,
): Promise<Map<string, unknown>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('user_metadata')
    .select(['userId', 'value'])
    .where('userId', 'in', [...userIds])
    .where('key', '=', key)
    .execute();
  return new Map(rows.map((row) => [row.userId, row.value]));
}

/** Replaces an existing value. */
export async function putUserMetadata(db: Db, userId: string, key: UserMetadataKey, value: unknown): Promise<void> {
  await db
    .insertInto('user_metadata')
    .values({ userId, key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.columns(['userId', 'key']).doUpdateSet({ value: sql`excluded."value"` }))
    .execute();
}

/**
 * Replaces a value by a function of the present one, which is undefined at first; concurrent changes are serialized.
 */
export async function changeUserMetadata<Value>(
  db: Db,
  userId: string,
  key: UserMetadataKey,
  change: (value: unknown) => Value,
): Promise<Value> {
  return inTransaction(db, async (tx) => {
    await tx.selectFrom('user').select('id').where('id', '=', userId).forUpdate().execute();
    const value = change(await findUserMetadata(tx, userId, key));
    await putUserMetadata(tx, userId, key, value);
    return value;
  });
}

/** Does nothing if there is none. */
export async function deleteUserMetadata(db: Db, userId: string, key: UserMetadataKey): Promise<void> {
  await db.deleteFrom('user_metadata').where('userId', '=', userId).where('key', '=', key).execute();
}
