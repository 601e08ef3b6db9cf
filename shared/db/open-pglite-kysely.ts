import type { PGlite } from '@electric-sql/pglite';
import { Kysely } from 'kysely';
import { TransactionModeDialect } from './connect-postgres.ts';
import { LargeListPlugin } from './large-lists.ts';
import type { PGliteFiles } from './pglite-files.ts';
import { createPGlitePool } from './pglite-pool.ts';
import type { Tables } from './tables.ts';

/** Opens kysely on PGlite; `destroy` ends the connection and leaves PGlite open. */
export function openPGliteKysely(pglite: PGlite, files?: PGliteFiles): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new TransactionModeDialect({ pool: createPGlitePool(pglite, files) }),
    plugins: [new LargeListPlugin()],
  });
}
