import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';

/** Keys of metadata of the installation; some are those of Immich. `paused:<stage>` exists while a stage is paused. */
export type SystemMetadataKey = 'admin-onboarding' | 'system-config' | 'store-verification' | `paused:${string}`;

export async function findSystemMetadata(db: Db, key: SystemMetadataKey): Promise<unknown> {
  const row = await db.selectFrom('system_metadata').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

/** The keys that begin with `prefix`. */
export async function listSystemMetadataKeys(db: Db, prefix: 'paused:'): Promise<string[]> {
  const rows = await db.selectFrom('system_metadata').select('key').where('key', 'like', `${prefix}%`).execute();
  return rows.map((row) => row.key);
}

/** Replaces an existing value. */
export async function putSystemMetadata(db: Db, key: SystemMetadataKey, value: unknown): Promise<void> {
  await db
    .insertInto('system_metadata')
    .values({ key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: sql`excluded."value"` }))
    .execute();
}

export async function deleteSystemMetadata(db: Db, key: SystemMetadataKey): Promise<void> {
  await db.deleteFrom('system_metadata').where('key', '=', key).execute();
}
