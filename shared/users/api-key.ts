import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { ApiKey, User } from '#shared/db/tables.ts';

/** `key` is the hash of the secret, never the secret. */
export async function createApiKey(
  db: Db,
  apiKey: Pick<ApiKey, 'id' | 'name' | 'key' | 'userId' | 'permissions'>,
): Promise<ApiKey> {
  return db.insertInto('api_key').values(apiKey).returningAll().executeTakeFirstOrThrow();
}

export type ApiKeyWithUser = { apiKey: Pick<ApiKey, 'id' | 'permissions'>; user: User };

/** The key with this secret's hash, if its user is not deleted. */
export async function findApiKeyByHash(db: Db, key: Buffer): Promise<ApiKeyWithUser | undefined> {
  const row = await db
    .selectFrom('api_key')
    .innerJoin('user', 'user.id', 'api_key.userId')
    .selectAll('user')
    .select(['api_key.id as apiKeyId', 'api_key.permissions'])
    .where('api_key.key', '=', key)
    .where('user.deletedAt', 'is', null)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { apiKeyId: id, permissions, ...user } = row;
  return { apiKey: { id, permissions }, user };
}

export async function findApiKey(db: Db, id: string, userId: string): Promise<ApiKey | undefined> {
  return db.selectFrom('api_key').selectAll().where('id', '=', id).where('userId', '=', userId).executeTakeFirst();
}

/** The newest first. */
export async function listApiKeys(db: Db, userId: string): Promise<ApiKey[]> {
  return db
    .selectFrom('api_key')
    .selectAll()
    .where('userId', '=', userId)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute();
}

/** A new `key` replaces the old one at once. undefined if this user has no such key. */
export async function updateApiKey(
  db: Db,
  id: string,
  userId: string,
  changes: Partial<Pick<ApiKey, 'name' | 'permissions' | 'key'>>,
): Promise<ApiKey | undefined> {
  return db
    .updateTable('api_key')
    .set({ ...changes, updatedAt: sql`now()` })
    .where('id', '=', id)
    .where('userId', '=', userId)
    .returningAll()
    .executeTakeFirst();
}

/** False if this user has no such key. */
export async function deleteApiKey(db: Db, id: string, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('api_key')
    .where('id', '=', id)
    .where('userId', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
