import { sql, type Kysely } from 'kysely';

/** External libraries, whose folder an unowned object lies in, and events that stay until their receiver has handled them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const statement of reversals) await sql.raw(statement).execute(db);
}

const changes = [
  `create table library (
    "id" uuid primary key,
    "ownerId" uuid not null references "user" on delete cascade,
    "name" text not null,
    "importPaths" text[] not null default '{}',
    "exclusionPatterns" text[] not null default '{}',
    "createdAt" timestamptz(3) not null default now(),
    "updatedAt" timestamptz(3) not null default now(),
    "refreshedAt" timestamptz(3),
    "deletedAt" timestamptz(3)
  )`,
  `create index library_owner on library ("ownerId")`,
  `create unique index asset_library_checksum on asset ("libraryId", "checksum") where "libraryId" is not null and "status" <> 'deleted'`,
  `alter table stored_object add column "ownerFolder" text`,
  `create index stored_object_unowned on stored_object ("ownerFolder") where "state" = 'unowned'`,
  `alter table outbox add column "isAcknowledged" boolean not null default false, add column "attempts" integer not null default 0`,
  `create index outbox_acknowledged on outbox ("nextTryAt") where "isAcknowledged"`,
  `drop index outbox_due`,
  `create index outbox_due on outbox ("nextTryAt") where not "isAcknowledged"`,
];

const reversals = [
  `drop index outbox_due`,
  `drop index outbox_acknowledged`,
  `create index outbox_due on outbox ("nextTryAt")`,
  `alter table outbox drop column "isAcknowledged", drop column "attempts"`,
  `drop index stored_object_unowned`,
  `alter table stored_object drop column "ownerFolder"`,
  `drop index asset_library_checksum`,
  `drop table library`,
];
