import { mkdirSync, symlinkSync } from 'node:fs';
import { constants, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';

/** The folder beside the bundled program that holds its compiled code. */
export const compileCacheName = 'compile-cache';

/**
 * Lets Node take the code of modules that are imported from here on from `app`/compile-cache, and returns whether it will.
 * Node wants it in a folder named for its version, for what the CPU can do and for the user: none of them is known when
 * an image is made, and an image can't be written to. So a link of that name beside `app`, in `tmp`, leads there. What
 * Node finds depends on where that link lies from `app`, not on where `app` lies.
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
    // The container was started again in the same pod; or there is no place to write to.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
  }
  return enableCompileCache({ directory, portable: true }).status === constants.compileCacheStatus.ENABLED;
}
