import { sql } from 'kysely';
import type { Db } from './db.ts';

/** Updates the planner's statistics: the embedded database has no autovacuum. */
export async function analyzeTables(db: Db): Promise<void> {
  await sql`analyze`.execute(db);
}
