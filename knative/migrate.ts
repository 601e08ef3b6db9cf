import { parseConfig } from '#shared/config/config.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

/** Brings the database that `env` names to this version's schema. @throws config/invalid, db/schema-newer, db/unavailable */
export async function migrateDatabase(env: NodeJS.ProcessEnv): Promise<void> {
  const { DATABASE_URL: url } = parseConfig(env);
  if (url === undefined) throw new DarkroomError('config/invalid', 'DATABASE_URL is not set');
  await using database = connectPostgres({ url, poolSize: 1 });
  await migrateToLatest(database.db);
}
