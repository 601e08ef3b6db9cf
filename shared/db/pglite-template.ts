import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { openPGliteDb } from './open-pglite-db.ts';
import { migrateToLatest } from './migrate.ts';

const root = join(import.meta.dirname, '../..');
const cacheFolder = join(root, 'node_modules/.cache/darkroom');

/**
 * The folder of an empty, migrated and closed embedded database, created if it does not exist: initdb takes seconds, a
 * copy does not. Its name contains a hash of its sources. undefined if no template can be stored.
 */
export async function ensurePGliteTemplate(): Promise<string | undefined> {
  try {
    const folder = join(cacheFolder, `pglite-${await hashSources()}`);
    if (!existsSync(folder)) await makeTemplate(folder);
    return folder;
  } catch {
    return undefined;
  }
}

async function hashSources(): Promise<string> {
  const packages = ['pglite', 'pglite-pgvector'].map((it) => `node_modules/@electric-sql/${it}/package.json`);
  const migrations = await Array.fromAsync(glob('migrations/*.ts', { cwd: root }));
  const hash = createHash('sha256');
  for (const file of [...packages, ...migrations.sort(), 'shared/db/migrate.ts', 'shared/db/pglite-template.ts'])
    hash.update(file).update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Makes the template in `folder`, and removes those of other versions beside it. Of several processes the first one's stays. */
export async function makeTemplate(folder: string): Promise<void> {
  const cache = dirname(folder);
  await mkdir(cache, { recursive: true });
  const draft = join(cache, `draft-${randomUUID()}`);
  try {
    await makePGliteFolder(draft);
    for await (const old of glob('pglite-*', { cwd: cache }))
      if (!old.startsWith(basename(folder))) await rm(join(cache, old), { recursive: true, force: true });
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** MiB. With the default of 16 a first start would mostly write empty segments. */
const logSegmentMib = 4;

/** Creates an empty migrated database in `folder` and closes it, so that opening it needs no recovery. */
export async function makePGliteFolder(folder: string): Promise<void> {
  const pglite = await PGlite.create({
    dataDir: folder,
    extensions: { vector },
    initDbStartParams: [`--wal-segsize=${logSegmentMib}`],
  });
  try {
    const { db } = openPGliteDb(pglite);
    await migrateToLatest(db);
    await db.destroy();
    await dropTemplateDatabases(pglite);
  } finally {
    await pglite.close();
  }
}

/**
 * Template databases are needed only to create further databases. They are two thirds of the files, and half of the
 * bytes that a first start writes.
 */
async function dropTemplateDatabases(pglite: PGlite): Promise<void> {
  for (const name of ['template0', 'template1']) {
    await pglite.query('update pg_database set datistemplate = false where datname = $1', [name]);
    await pglite.exec(`drop database "${name}"`);
  }
}
