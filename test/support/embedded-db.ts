import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { create } from 'tar';
import type { OpenDb } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { openPGliteDb } from '#shared/db/open-pglite-db.ts';
import { ensurePGliteTemplate } from '#shared/db/pglite-template.ts';

/** An embedded database in memory with an empty schema. The template takes half a second, initdb three. */
export async function createEmbeddedDb(): Promise<OpenDb> {
  const dump = await readTemplate();
  const pglite = await PGlite.create({ extensions: { vector }, ...(dump && { loadDataDir: dump }) });
  const { db, listen } = openPGliteDb(pglite);
  await migrateToLatest(db);
  return {
    db,
    kind: 'pglite',
    listen,
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      await pglite.close();
    },
  };
}

async function readTemplate(): Promise<Blob | undefined> {
  const folder = await ensurePGliteTemplate();
  if (folder === undefined) return undefined;
  const path = `${folder}.tar`;
  if (!existsSync(path)) {
    const draft = `${path}.${randomUUID()}`;
    await create({ cwd: folder, file: draft, portable: true }, ['.']);
    await rename(draft, path);
  }
  return new Blob([await readFile(path)]);
}
