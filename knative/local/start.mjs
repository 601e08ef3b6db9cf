// Starts the door. Plain JavaScript until Node's compile cache is on: code from the cache needs no type stripping, and
// the stripper would take 13 MB in a process that is idle most of the time.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

export const compileCache = join(import.meta.dirname, '../../node_modules/.cache/darkroom/compile');

enableCompileCache(compileCache);
const { startHere } = await import('./cli.ts');
flushCompileCache();
if (import.meta.main) await startHere(compileCache);
