import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { inTransaction } from '#shared/db/transaction.ts';

/** What hangs on a user under a name, in Immich's words. */
export type UserMetadataKey = 'preferences' | 'license' | 'onboarding';

/** undefined if the user has nothing under this key. */
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

/** Replaces what was there. */
export async function putUserMetadata(db: Db, userId: string, key: UserMetadataKey, value: unknown): Promise<void> {
  await db
    .insertInto('user_metadata')
    .values({ userId, key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.columns(['userId', 'key']).doUpdateSet({ value: sql`excluded."value"` }))
    .execute();
}

/** Changes a value by what is there, which is undefined at first; of two at once the second sees what the first wrote. */
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

/** Does nothing where there is none. */
export async function deleteUserMetadata(db: Db, userId: string, key: UserMetadataKey): Promise<void> {
  await db.deleteFrom('user_metadata').where('userId', '=', userId).where('key', '=', key).execute();
}
