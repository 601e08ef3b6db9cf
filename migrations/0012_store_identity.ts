import { sql, type Kysely } from 'kysely';

/** Which store the database belongs to, and of which time both are; and scans that were asked for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table store_identity (
      "isOnly" boolean primary key default true check ("isOnly"),
      "id" uuid not null,
      "epoch" uuid not null,
      "epochAt" timestamptz(3) not null default now(),
      "nextEpoch" uuid,
      "nextEpochAt" timestamptz(3),
      "confirmedAt" timestamptz(3),
      "heldReason" text,
      "heldAt" timestamptz(3),
      "writtenIn" text not null
    )`.execute(db);
  await sql`
    create index stored_object_abandoned on stored_object ("changedAt", "key")
    where "state" = 'refused' and "reason" in ('abandoned', 'given up')`.execute(db);
  // When somebody asked for a scan of a library that has not ended; null if nobody waits for one.
  await sql`alter table library add column "scanRequestedAt" timestamptz(3)`.execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table library drop column "scanRequestedAt"`.execute(db);
  await sql`drop index stored_object_abandoned`.execute(db);
  await sql`drop table store_identity`.execute(db);
}
