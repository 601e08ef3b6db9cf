import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { importLines } from '#shared/db/import-lines.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { inSnapshot } from '#shared/db/transaction.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { AdminCommand } from './command.ts';
import { getPath } from './read-input.ts';

export const command: AdminCommand = {
  async run(ports, input) {
    const path = getPath(input);
    const db = await ports.openAnyDb();
    await migrateToLatest(db);
    let rows = 0;
    await inSnapshot(db, (tx) =>
      pipeline(createReadStream(path), createGunzip(), async (source) => {
        rows = await importLines(tx, splitLines(source as AsyncIterable<Buffer>));
      }),
    ).catch(explain);
    return {
      text: `${rows} rows were imported. Start Darkroom with the same store, and end what used the database before.`,
      json: { rows },
    };
  },
};

/** Translates the errors of zlib for a truncated file and for one that is not an export. */
function explain(error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') throw new DarkroomError('input/invalid', 'The file does not exist', { cause: error });
  if (code === 'Z_BUF_ERROR') throw new DarkroomError('input/invalid', 'The export is truncated', { cause: error });
  if (code === 'Z_DATA_ERROR')
    throw new DarkroomError('input/invalid', 'This is not an export of Darkroom', { cause: error });
  throw error;
}

/** Splits only at line feeds: JSON may contain the line separators of Unicode unescaped. */
async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
