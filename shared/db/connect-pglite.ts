import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { Kysely, PGliteDialect } from 'kysely';
import type { OpenDb } from './db.ts';
import { oids, textParsers } from './parsers.ts';
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
    parsers: { ...textParsers, [oids.bytea]: (text: string) => Buffer.from(text.slice(2), 'hex') },
  };
  if (isNew && templatePath !== undefined && existsSync(templatePath)) {
    options.loadDataDir = new Blob([await readFile(templatePath)]);
  }
  if (folder !== undefined) options.dataDir = folder;
  const pglite = await PGlite.create(options);
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  return {
    db,
    kind: 'pglite',
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
    },
  };
}
