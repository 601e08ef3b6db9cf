import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { exportLines } from '#shared/db/export-lines.ts';
import { inSnapshot } from '#shared/db/transaction.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { AdminCommand } from './command.ts';
import { getPath } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    const path = getPath(input);
    if (existsSync(path)) throw new DarkroomError('input/invalid', `The file ${path} already exists`);
    const db = await ports.openDb();
    const draft = `${path}.part`;
    try {
      // The export contains hashes of passwords and keys.
      const file = createWriteStream(draft, { mode: 0o600 });
      await inSnapshot(db, (tx) => pipeline(Readable.from(exportLines(tx)), createGzip(), file));
      await publish(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    const { size: sizeBytes } = await stat(path);
    return {
      text: `${path} contains the whole database in ${sizeBytes} bytes, but not the photos: they stay in the store.`,
      json: { path, sizeBytes },
    };
  },
};

async function publish(draft: string, path: string): Promise<void> {
  const handle = await open(draft, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
}
