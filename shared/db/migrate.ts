import { sql } from 'kysely';
import { Migrator, NO_MIGRATIONS, type Migration } from 'kysely/migration';
import { DarkroomError } from '#shared/errors/errors.ts';
import * as initial from '#migrations/0001_initial.ts';
import * as libraries from '#migrations/0002_libraries.ts';
import * as deadLetterOutcome from '#migrations/0005_dead_letter_outcome.ts';
import type { Db } from './db.ts';

/** Every migration in order. A released one is never edited. */
const migrations: Record<string, Migration> = {
  '0001_initial': initial,
  '0002_libraries': libraries,
  '0005_dead_letter_outcome': deadLetterOutcome,
};

const migrationLock = 7_301_946_512n;

const names = Object.keys(migrations);

/** Brings the schema to this version, in one transaction under a transaction-level advisory lock. Doing it twice is doing it once. @throws db/schema-newer */
export async function migrateToLatest(db: Db): Promise<void> {
  await migrate(db, names.at(-1));
}

/** Takes back every migration after `name`, or all of them. */
export async function migrateDownTo(db: Db, name?: string): Promise<void> {
  await migrate(db, name);
}

async function migrate(db: Db, target: string | undefined): Promise<void> {
  await refuseNewer(db);
  await db.transaction().execute(async (tx) => {
    // Before the migrator's first look: it makes its own tables without a lock.
    await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(tx);
    const migrator = new Migrator({ db: tx, provider: { getMigrations: () => Promise.resolve(migrations) } });
    const { error } = target === undefined ? await migrator.migrateTo(NO_MIGRATIONS) : await migrator.migrateTo(target);
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
  });
}

/** Checks that the schema is exactly this version's. @throws db/schema-newer, db/schema-older */
export async function checkSchema(db: Db): Promise<void> {
  const applied = await refuseNewer(db);
  if (applied.length < names.length) throw new DarkroomError('db/schema-older');
}

async function refuseNewer(db: Db): Promise<string[]> {
  const applied = await listApplied(db);
  const unknown = applied.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new DarkroomError(
      'db/schema-newer',
      `The database has migration ${unknown}, which this version does not know`,
    );
  }
  return applied;
}

async function listApplied(db: Db): Promise<string[]> {
  const { rows: found } = await sql<{
    exists: boolean;
  }>`select to_regclass('kysely_migration') is not null as exists`.execute(db);
  if (found[0]?.exists !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}
