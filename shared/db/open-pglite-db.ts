import type { PGlite } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import { TransactionModeDialect } from './connect-postgres.ts';
import type { OpenDb } from './db.ts';
import { LargeListPlugin } from './large-lists.ts';
import type { PGliteFiles } from './pglite-files.ts';
import { createPGlitePool } from './pglite-pool.ts';
import type { Tables } from './tables.ts';

/** Opens kysely on PGlite; `destroy` ends the connection and leaves PGlite open. */
export function openPGliteDb(pglite: PGlite, files?: PGliteFiles): Pick<OpenDb, 'db' | 'listen'> {
  const pool = createPGlitePool(pglite, files);
  const db = new Kysely<Tables>({ dialect: new TransactionModeDialect({ pool }), plugins: [new LargeListPlugin()] });
  return { db, listen: pool.listen };
}
