import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import type { OpenDb } from './db.ts';
import { openPGliteDb } from './open-pglite-db.ts';
import { PGliteFiles, syncParams } from './pglite-files.ts';
import { copyPGliteFolder, createPGliteFolder, ensureSynced } from './pglite-folder.ts';
import { ensurePGliteTemplate, makePGliteFolder } from './pglite-template.ts';

/**
 * Opens the embedded database in `folder`; a new one is copied from the template, if there is one. One process at a
 * time may open a folder; the caller holds the lock. Commits survive a power cut.
 */
export async function connectPGlite(
  folder: string,
  openFiles: (folder: string) => PGliteFiles = (it) => new PGliteFiles(it),
): Promise<OpenDb> {
  await ensureFolder(folder);
  const files = openFiles(folder);
  const startParams = [...PGlite.defaultStartParams.filter((it) => it !== '-F'), ...syncParams];
  const pglite = await PGlite.create({ fs: files, extensions: { vector }, startParams });
  const { db, listen } = openPGliteDb(pglite, files);
  return {
    db,
    kind: 'pglite',
    listen,
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      if (files.failure === undefined) await pglite.close();
    },
  };
}

async function ensureFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return await ensureSynced(folder);
  await mkdir(dirname(folder), { recursive: true });
  const template = await ensurePGliteTemplate();
  await createPGliteFolder(folder, async (draft) => {
    if (template === undefined) await makePGliteFolder(draft);
    else copyPGliteFolder(template, draft);
  });
}
