import { sql } from 'kysely';
import { Migrator, NO_MIGRATIONS, type Migration } from 'kysely/migration';
import { DarkroomError } from '#shared/errors/errors.ts';
import * as initial from '#migrations/0001_initial.ts';
import * as libraries from '#migrations/0002_libraries.ts';
import * as scans from '#migrations/0003_scans.ts';
import * as bucketListing from '#migrations/0004_bucket_listing.ts';
import * as deadLetterOutcome from '#migrations/0005_dead_letter_outcome.ts';
import * as offline from '#migrations/0006_offline.ts';
import * as refuse from '#migrations/0007_refuse.ts';
import * as ownerFolders from '#migrations/0009_owner_folders.ts';
import * as dependants from '#migrations/0010_dependants.ts';
import * as stageLanes from '#migrations/0011_stage_lanes.ts';
import * as storeIdentity from '#migrations/0012_store_identity.ts';
import * as keptCounts from '#migrations/0013_kept_counts.ts';
import * as timelineOrder from '#migrations/0014_timeline_order.ts';
import * as reasonCodes from '#migrations/0015_reason_codes.ts';
import type { Db } from './db.ts';

/** Every migration in order. A released one is never edited. */
const migrations: Record<string, Migration> = {
  '0001_initial': initial,
  '0002_libraries': libraries,
  '0003_scans': scans,
  '0004_bucket_listing': bucketListing,
  '0005_dead_letter_outcome': deadLetterOutcome,
  '0006_offline': offline,
  '0007_refuse': refuse,
  '0009_owner_folders': ownerFolders,
  '0010_dependants': dependants,
  '0011_stage_lanes': stageLanes,
  '0012_store_identity': storeIdentity,
  '0013_kept_counts': keptCounts,
  '0014_timeline_order': timelineOrder,
  '0015_reason_codes': reasonCodes,
};

/** Migrations with which older code must not run; all others only add. */
const breaking: ReadonlySet<string> = new Set(['0001_initial']);
/** The key under which the database stores the latest breaking migration that running code must know. */
const floorKey = 'schema-floor';

const migrationLock = 7_301_946_512n;

const names = Object.keys(migrations);

/**
 * Brings the schema to this version, in one transaction under a transaction-level advisory lock. Idempotent.
 * @throws db/schema-newer
 */
export async function migrateToLatest(db: Db): Promise<void> {
  await migrate(db, names.at(-1));
}

/** Reverts every migration after `name`, or all of them. */
export async function migrateDownTo(db: Db, name?: string): Promise<void> {
  await migrate(db, name);
}

async function migrate(db: Db, target: string | undefined): Promise<void> {
  const unknown = (await listApplied(db)).find((name) => !names.includes(name));
  if (unknown !== undefined) throw schemaNewer(unknown);
  await db.transaction().execute(async (tx) => {
    // Taken before the migrator runs, which creates its own tables without a lock.
    await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(tx);
    const migrator = new Migrator({ db: tx, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error } = target === undefined ? await migrator.migrateTo(NO_MIGRATIONS) : await migrator.migrateTo(target);
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
    if (target !== undefined) await writeFloor(tx, target);
  });
}

async function writeFloor(db: Db, target: string): Promise<void> {
  const floor = names.filter((name) => breaking.has(name) && name <= target).at(-1);
  const value = JSON.stringify(floor);
  await db
    .insertInto('system_metadata')
    .values({ key: floorKey, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

/**
 * Checks that this version can run on the schema: all its migrations are applied, and newer ones only add. While an
 * upgrade rolls out, pods of the older version may start on the newer schema.
 * @throws db/schema-newer, db/schema-older
 */
export async function checkSchema(db: Db): Promise<void> {
  const applied = await listApplied(db);
  const unknown = applied.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const floor = await db.selectFrom('system_metadata').select('value').where('key', '=', floorKey).executeTakeFirst();
    if (!names.some((name) => name === floor?.value)) throw schemaNewer(unknown);
  }
  if (!names.every((name) => applied.includes(name))) throw new DarkroomError('db/schema-older');
}

/** The migrations applied to the database, and those of this version, in order. */
export async function readSchema(db: Db): Promise<{ applied: string[]; known: string[] }> {
  return { applied: await listApplied(db), known: [...names] };
}

function schemaNewer(unknown: string): DarkroomError {
  return new DarkroomError(
    'db/schema-newer',
    `The database has migration ${unknown}, which this version does not know`,
  );
}

async function listApplied(db: Db): Promise<string[]> {
  const { rows: found } = await sql<{
    exists: boolean;
  }>`select to_regclass('kysely_migration') is not null as exists`.execute(db);
  if (found[0]?.exists !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}
