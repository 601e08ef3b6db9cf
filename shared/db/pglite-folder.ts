import { cpSync, existsSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** In a folder whose files all were forced to the disk once; versions before 0.2 never did that. */
const syncedMark = 'darkroom-synced';

/** Makes `folder` of what `make` puts into an empty place: whole and on the disk, or not at all. */
export async function createPGliteFolder(folder: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await make(draft);
  await writeFile(join(draft, syncedMark), '');
  await syncTree(draft);
  await rename(draft, folder);
  await syncFile(dirname(folder));
}

/** The synchronous copy takes a third of the other one's CPU time, and at a first start nobody waits for anything else. */
export function copyPGliteFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
}

/** Forces a folder to the disk that an earlier version has written. */
export async function ensureSynced(folder: string): Promise<void> {
  if (existsSync(join(folder, syncedMark))) return;
  await syncTree(folder);
  await writeFile(join(folder, syncedMark), '');
}

/** Many at once: each waits for the same commit of the file system's journal. */
const syncsAtOnce = 16;

async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((it) => join(it.parentPath, it.name))].values();
  const work = async () => {
    for (const path of paths) await syncFile(path);
  };
  await Promise.all(Array.from({ length: syncsAtOnce }, work));
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
