import { sql, type Kysely } from 'kysely';

/** What became of a dead letter: it was sent again, had settled by itself, or was discarded with a reason. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

const changes = [
  `alter table dead_letter add column "outcome" text, add column "note" text`,
  `update dead_letter set "outcome" = 'redriven' where "redrivenAt" is not null`,
  `create index dead_letter_open on dead_letter ("eventType", "id") where "redrivenAt" is null`,
];

const reversals = [`drop index dead_letter_open`, `alter table dead_letter drop column "outcome", drop column "note"`];
