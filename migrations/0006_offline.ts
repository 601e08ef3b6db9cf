import { sql, type Kysely } from 'kysely';

/** What an asset was before its file went missing: it comes back as that. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table asset add column "statusWhenSeen" text`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table asset drop column "statusWhenSeen"`.execute(db);
}
