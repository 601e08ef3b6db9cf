// Lays out all that the image of Darkroom holds, from what is on this computer (Linux with Perl 5).
// `node scripts/image/lay-out.ts FOLDER` makes FOLDER its root file system, for the Containerfile.
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nodeFlags } from '#functions/pod/node-flags.ts';
import { bundleApp } from './bundle.ts';
import { addLibraries, addPerl, addProgram, layOutBase, userId } from './root-folder.ts';

/** How the image is run; the Containerfile repeats it. */
export const imageSettings = {
  userId,
  env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'production', DARKROOM_MODELS: '/app/models' },
  entrypoint: ['node', ...nodeFlags, '/app/function.mjs'],
  workingFolder: '/app',
} as const;

/** Writes Node and Perl with their libraries below `platform`, and /app below `program`; both may be one folder. */
export async function layOutImage(platform: string, program: string): Promise<void> {
  await layOutBase(platform);
  const app = join(program, 'app');
  await bundleApp(app);
  await addProgram(platform, process.execPath, '/usr/local/bin/node');
  await addPerl(platform);
  for await (const library of glob(join(app, 'node_modules/**/*.{node,so,so.*}')))
    await addLibraries(platform, library);
  // The first line of exiftool asks for it.
  await addProgram(platform, '/usr/bin/env', '/usr/bin/env');
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('which folder?');
  await layOutImage(resolve(folder), resolve(folder));
}
