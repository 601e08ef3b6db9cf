import { execFile } from 'node:child_process';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nodeFlags } from '#functions/pod/node-flags.ts';

const run = promisify(execFile);

/** The fixed folder for compiling, since V8 writes the paths of files into the compiled code. */
const workshop = '/tmp/darkroom-image';
const waitMs = 60_000;

/**
 * Compiles `files` of the folder `app` and their imports into `app`/compile-cache. The result is reproducible for the same
 * `app`, Node and kind of processor: two flags make V8's hashes deterministic, and need not be set when the code is used.
 */
export async function compileApp(app: string, files: readonly string[]): Promise<void> {
  await enterWorkshop(Date.now() + waitMs);
  try {
    const place = join(workshop, 'app');
    await symlink(app, place);
    const flags = [...nodeFlags, '--predictable', '--random-seed=1', '--preserve-symlinks'];
    await run(process.execPath, [...flags, join(import.meta.dirname, 'compile-cache.ts'), place, ...files]);
  } finally {
    await rm(workshop, { recursive: true });
  }
}

/** Waits until no other build uses the folder. */
async function enterWorkshop(untilMs: number): Promise<void> {
  for (;;) {
    try {
      await mkdir(workshop, { mode: 0o700 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (Date.now() > untilMs)
        throw new Error(`${workshop} is in use; remove it if no other image is being made`, { cause: error });
      await setTimeout(200);
    }
  }
}
