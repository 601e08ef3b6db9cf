// The door in plain JavaScript, up to where Node's compile cache is on: what comes out of it needs no type stripping,
// and the stripper would take 13 MB of a process that sleeps most of the time.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';

export const compileCache = join(import.meta.dirname, '../../node_modules/.cache/darkroom/compile');

enableCompileCache(compileCache);
const { startHere } = await import('./cli.ts');
flushCompileCache();
if (import.meta.main) await startHere(compileCache);
