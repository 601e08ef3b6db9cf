import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { DarkroomError } from '#shared/errors/errors.ts';

/**
 * Locks the data folder for this process; waits up to `waitMs` for another to end. It is a file lock of the operating
 * system, taken through SQLite because Node has no API for it, and is released however the process ends.
 * @throws data/locked
 */
export async function lockDataFolder(folder: string, waitMs = 5000): Promise<Disposable> {
  mkdirSync(folder, { recursive: true });
  for (const giveUpAt = performance.now() + waitMs; ; await sleep(25)) {
    const lock = tryLock(join(folder, 'lock'));
    if (lock !== undefined) return { [Symbol.dispose]: () => lock.close() };
    if (performance.now() > giveUpAt) {
      throw new DarkroomError('data/locked', `The data folder ${folder} is in use by another process`);
    }
  }
}

const sqliteBusy = 5;

function tryLock(path: string): DatabaseSync | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec('pragma journal_mode = memory; pragma locking_mode = exclusive; begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
}
