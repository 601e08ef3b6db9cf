// `node FLAGS scripts/image/compile-cache.ts APP FILE...`: compiles the files and their imports into APP/compile-cache.
// The flags must be those of the image, since V8 rejects code that was compiled with others.
import { chmod, glob, mkdir } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileCacheName, useCompileCache } from '#functions/pod/compile-cache.ts';

const [app = '', ...files] = process.argv.slice(2);
const folder = join(app, compileCacheName);
await mkdir(folder, { recursive: true });
if (!useCompileCache(app)) throw new Error(`cannot create a compile cache in ${folder}`);
for (const file of files) await import(pathToFileURL(join(app, file)).href);
flushCompileCache();
// Node makes a cache readable only by its user.
for await (const file of glob('*', { cwd: folder })) await chmod(join(folder, file), 0o644);
