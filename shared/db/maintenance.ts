import { sql } from 'kysely';
import type { Db } from './db.ts';

/** Tells the planner how the tables have grown: nothing else does so for the embedded database. */
export async function analyzeTables(db: Db): Promise<void> {
  await sql`analyze`.execute(db);
}
