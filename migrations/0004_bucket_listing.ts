import { sql, type Kysely } from 'kysely';

/** What watch-minio remembers: how far the listing of a bucket has come, and which known objects it did not see. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

const changes = [
  `create table bucket_listing (
    "bucket" text primary key,
    "holder" text,
    "leaseUntil" timestamptz(3),
    "startedAt" timestamptz(3),
    "phase" text not null default 'listing',
    "cursor" text,
    "objects" bigint not null default 0,
    "finishedAt" timestamptz(3),
    "finishedObjects" bigint,
    "notifiedAt" timestamptz(3),
    "lostCreated" bigint not null default 0,
    "lostRemoved" bigint not null default 0,
    "haltedAt" timestamptz(3),
    "haltedReason" text,
    "isConfirmed" boolean not null default false
  )`,
  `create table bucket_missing (
    "bucket" text not null references bucket_listing on delete cascade,
    "key" text collate "C" not null,
    "version" text,
    primary key ("bucket", "key")
  )`,
  // Buckets are listed in the order of bytes.
  `create index stored_object_in_order on stored_object ("store", "key" collate "C")`,
];

const reversals = [`drop index stored_object_in_order`, `drop table bucket_missing`, `drop table bucket_listing`];
