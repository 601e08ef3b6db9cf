import { setTimeout as pause } from 'node:timers/promises';
import { parseConfig } from '#shared/config/config.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { Db } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { DarkroomError, isDarkroomError } from '#shared/errors/errors.ts';

const waitMaxMs = 10 * 60_000;
const tryAgainMs = 1000;

/**
 * Migrates the database in `env` to this version's schema; waits up to ten minutes for an unreachable one.
 * @throws config/invalid, db/schema-newer, db/unavailable
 */
export async function migrateDatabase(env: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE_URL: url } = parseConfig(env);
  if (url === undefined) throw new DarkroomError('config/invalid', 'DATABASE_URL is not set');
  await using database = connectPostgres({ url, poolSize: 1 });
  const endMs = performance.now() + waitMaxMs;
  while (!(await tryToMigrate(database.db, performance.now() < endMs))) await pause(tryAgainMs);
}

/** False if the database is unreachable and `mayWait`. */
async function tryToMigrate(db: Db, mayWait: boolean): Promise<boolean> {
  try {
    await migrateToLatest(db);
    return true;
  } catch (error) {
    if (!mayWait || !isDarkroomError(error, 'db/unavailable')) throw error;
    return false;
  }
}
