import { sql, type Kysely } from 'kysely';

/** The index of the timeline has the whole order of a month: nothing of it is sorted any more. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await replaceIndex(db, '"ownerId", "localDateTime", "id"');
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await replaceIndex(db, '"ownerId", "localDateTime"');
}

async function replaceIndex(db: Kysely<unknown>, columns: string): Promise<void> {
  await sql`drop index asset_timeline`.execute(db);
  await sql`create index asset_timeline on asset (${sql.raw(columns)}) where "status" = 'active' and "visibility" = 'timeline'`.execute(
    db,
  );
}
