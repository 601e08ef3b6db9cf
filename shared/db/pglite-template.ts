import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { openKysely } from './connect-pglite.ts';
import { migrateToLatest } from './migrate.ts';

const root = join(import.meta.dirname, '../..');
const cacheFolder = join(root, 'node_modules/.cache/darkroom');

/**
 * The path of a dump of an empty migrated embedded database, made if it is not there: initdb takes seconds, loading the
 * dump does not. Its name carries a hash of what it was made from. undefined where none can be kept.
 */
export async function ensurePGliteTemplate(): Promise<string | undefined> {
  try {
    const path = join(cacheFolder, `pglite-${await hashSources()}.tar`);
    if (!existsSync(path)) await makeTemplate(path);
    return path;
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

async function makeTemplate(path: string): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const pglite = await PGlite.create({ extensions: { vector } });
  try {
    const db = openKysely(pglite);
    await migrateToLatest(db);
    await db.destroy();
    await dropTemplateDatabases(pglite);
    const dump = await pglite.dumpDataDir('none');
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, Buffer.from(await dump.arrayBuffer()));
    for await (const old of glob('pglite-*.tar', { cwd: cacheFolder }))
      await rm(join(cacheFolder, old), { force: true });
    await rename(draft, path);
  } finally {
    await pglite.close();
  }
}

/** Nobody makes another database in it, and two thirds of its files are theirs: half of what a first start writes. */
async function dropTemplateDatabases(pglite: PGlite): Promise<void> {
  for (const name of ['template0', 'template1']) {
    await pglite.query('update pg_database set datistemplate = false where datname = $1', [name]);
    await pglite.exec(`drop database "${name}"`);
  }
}
