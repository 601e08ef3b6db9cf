import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { Kysely } from 'kysely';
import { TransactionModeDialect } from './connect-postgres.ts';
import type { OpenDb } from './db.ts';
import { createPGlitePool } from './pglite-pool.ts';
import { LargeListPlugin } from './large-lists.ts';
import type { Tables } from './tables.ts';

export interface PGliteConnectOptions {
  /** The folder of the database; undefined keeps it in memory. */
  folder?: string;
  /** A dump that an empty folder starts from: initdb takes seconds, loading this does not. */
  templatePath?: string;
}

/** Opens the embedded database. One process at a time may open a folder; the caller holds the lock. */
export async function connectPGlite({ folder, templatePath }: PGliteConnectOptions = {}): Promise<OpenDb> {
  const isNew = folder === undefined || !existsSync(join(folder, 'PG_VERSION'));
  if (folder !== undefined) await mkdir(dirname(folder), { recursive: true });
  const options: PGliteOptions = {
    extensions: { vector },
    relaxedDurability: false,
  };
  if (isNew && templatePath !== undefined && existsSync(templatePath)) {
    options.loadDataDir = new Blob([await readFile(templatePath)]);
  }
  if (folder !== undefined) options.dataDir = folder;
  const pglite = await PGlite.create(options);
  const db = openKysely(pglite);
  return {
    db,
    kind: 'pglite',
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
    },
  };
}

/** The database as queries see it; `destroy` ends the connection and leaves PGlite open. */
export function openKysely(pglite: PGlite): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new TransactionModeDialect({ pool: createPGlitePool(pglite) }),
    plugins: [new LargeListPlugin()],
  });
}
