import { sql, type Kysely } from 'kysely';

const statements = [
  // Files that a scan has moved were written down without the folder that says whose they are.
  `update stored_object set "ownerFolder" = normalize(split_part("key", '/', 2), NFC)
    where "ownerFolder" is null and "key" like 'library/%/%' and "state" <> 'reserved'`,
  `drop index stored_object_unowned`,
  `create index stored_object_owner_folder on stored_object ("ownerFolder") where "ownerFolder" is not null`,
  `create index asset_offline on asset ("id") where "isOffline"`,
];

const reversals = [
  `drop index asset_offline`,
  `drop index stored_object_owner_folder`,
  `create index stored_object_unowned on stored_object ("ownerFolder") where "state" = 'unowned'`,
];

/** Files by the folder that says whose they are, and assets that are offline. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}
