import { sql, type Kysely } from 'kysely';

/** What watch-nfs remembers of the trees that it scans. Nanoseconds and inodes are bigint; JavaScript reads them as text. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of changes) await sql.raw(statement).execute(db);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const table of ['scan_run', 'scan_file', 'scan_directory', 'scan_root'])
    await sql.raw(`drop table ${table}`).execute(db);
}

const changes = [
  `create table scan_root (
    "id" uuid primary key,
    "path" text not null unique,
    "store" text not null,
    "prefix" text not null,
    "libraryId" uuid references library on delete cascade,
    "marker" text,
    "holder" text,
    "leaseUntil" timestamptz(3),
    "fence" bigint not null default 0,
    "fullAt" timestamptz(3),
    "problem" text,
    "problemAt" timestamptz(3),
    "haltedReason" text,
    "haltedAt" timestamptz(3),
    "approvedAt" timestamptz(3),
    "createdAt" timestamptz(3) not null default now()
  )`,
  `create table scan_directory (
    "id" bigint generated always as identity primary key,
    "rootId" uuid not null references scan_root on delete cascade,
    "path" text collate "C" not null,
    "mtimeNs" bigint,
    "ctimeNs" bigint,
    "listedAt" timestamptz(3),
    "isRacy" boolean not null default false,
    "isGone" boolean not null default false,
    "problem" text,
    unique ("rootId", "path")
  )`,
  `create index scan_directory_unlisted on scan_directory ("rootId", "path") where "listedAt" is null and not "isGone"`,
  `create table scan_file (
    "directoryId" bigint not null references scan_directory on delete cascade,
    "name" text collate "C" not null,
    "state" text not null,
    "sizeBytes" bigint not null,
    "version" text not null,
    "reportedVersion" text,
    "ctimeNs" bigint not null,
    "inode" bigint not null,
    "observedAt" timestamptz(3) not null,
    "missingSince" timestamptz(3),
    "missingScans" integer not null default 0,
    "reason" text,
    primary key ("directoryId", "name")
  )`,
  `create index scan_file_settling on scan_file ("directoryId", "observedAt") where "state" = 'settling'`,
  `create index scan_file_missing on scan_file ("sizeBytes") where "state" in ('missing', 'removed')`,
  `create table scan_run (
    "id" uuid primary key,
    "rootId" uuid not null references scan_root on delete cascade,
    "kind" text not null,
    "phase" text not null,
    "cursor" text collate "C",
    "counts" jsonb not null default '{}',
    "errors" integer not null default 0,
    "startedAt" timestamptz(3) not null,
    "heartbeatAt" timestamptz(3) not null,
    "finishedAt" timestamptz(3),
    "outcome" text,
    "reason" text
  )`,
  `create unique index scan_run_open on scan_run ("rootId") where "finishedAt" is null`,
  `create index scan_run_finished on scan_run ("rootId", "finishedAt")`,
];
