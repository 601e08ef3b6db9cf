import { mkdirSync, symlinkSync } from 'node:fs';
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';

/** The folder beside the bundled program that holds its compiled code. */
export const compileCacheName = 'compile-cache';

/**
 * Makes Node load the compiled code of modules imported from here on from `app`/compile-cache; returns whether it will.
 * Node expects a folder named after its version, the CPU's features and the user. They are unknown when an image is built,
 * and the image is read-only, so a link of that name in `tmp`, beside `app`, leads there. Node's lookup depends on the
 * position of the link relative to `app`, not on that of `app`.
 * @see https://nodejs.org/docs/latest-v24.x/api/module.html#portability-of-the-compile-cache
 */
export function useCompileCache(app: string): boolean {
  const directory = join(app, '../tmp/darkroom-compile-cache');
  const version = cachedDataVersionTag().toString(16).padStart(8, '0');
  try {
    mkdirSync(directory, { recursive: true });
    const name = `${process.version}-${process.arch}-${version}-${process.getuid?.() ?? 0}`;
    symlinkSync(join(app, compileCacheName), join(directory, name));
  } catch (error) {
    // EEXIST: the container was restarted in the same pod. Other errors: the folder is not writable.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
  }
  return enableCompileCache({ directory, portable: true }).status === constants.compileCacheStatus.ENABLED;
}
