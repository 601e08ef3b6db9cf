import { sql, type Kysely } from 'kysely';

/** Lets one statement that writes to many tables take all of it back, and say why. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse(reason text) returns boolean language plpgsql as
    $$ begin raise exception using errcode = 'DR001', message = reason; end $$`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`drop function refuse(text)`.execute(db);
}
