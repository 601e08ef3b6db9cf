import { cpSync, existsSync } from 'node:fs';
import { open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Marks a folder whose files were all synced once; versions before 0.2 never synced. */
const syncedMark = 'darkroom-synced';

/** Creates `folder` with the content that `make` writes into a draft: completely and durably, or not at all. */
export async function createPGliteFolder(folder: string, make: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await make(draft);
  await writeFile(join(draft, syncedMark), '');
  await syncTree(draft);
  await rename(draft, folder);
  await syncFile(dirname(folder));
}

/**
 * The synchronous copy takes a third of the CPU time of the asynchronous one, and a first start has no other work to
 * block.
 */
export function copyPGliteFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
}

/** Syncs a folder written by a version that did not sync. */
export async function ensureSynced(folder: string): Promise<void> {
  if (existsSync(join(folder, syncedMark))) return;
  await syncTree(folder);
  await writeFile(join(folder, syncedMark), '');
}

/** Concurrent syncs share one commit of the file system's journal. */
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
