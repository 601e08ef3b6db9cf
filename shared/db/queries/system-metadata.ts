import { sql } from 'kysely';
import type { Db } from '../db.ts';

/** What is remembered of the whole installation under a name, in Immich's words. */
export type SystemMetadataKey = 'admin-onboarding';

export async function findSystemMetadata(db: Db, key: SystemMetadataKey): Promise<unknown> {
  const row = await db.selectFrom('system_metadata').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}

/** Replaces what was there. */
export async function putSystemMetadata(db: Db, key: SystemMetadataKey, value: unknown): Promise<void> {
  await db
    .insertInto('system_metadata')
    .values({ key, value: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: sql`excluded."value"` }))
    .execute();
}
