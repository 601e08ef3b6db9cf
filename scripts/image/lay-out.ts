// Writes the contents of the image of Darkroom, from the programs on this computer (Linux with Perl 5).
// `node scripts/image/lay-out.ts FOLDER` writes the root file system to FOLDER, for the Containerfile.
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nodeFlags } from '#functions/pod/node-flags.ts';
import { bundleApp } from './bundle.ts';
import { addLibraries, addPerl, addProgram, layOutBase, userId } from './root-folder.ts';

/** The settings of the image; the Containerfile repeats them. */
export const imageSettings = {
  userId,
  env: { PATH: '/usr/local/bin:/usr/bin:/bin', NODE_ENV: 'production', DARKROOM_MODELS: '/app/models' },
  entrypoint: ['node', ...nodeFlags, '/app/function.mjs'],
  workingFolder: '/app',
} as const;

/** Writes Node and Perl with their libraries below `platform`, and /app below `program`; both may be the same folder. */
export async function layOutImage(platform: string, program: string): Promise<void> {
  await layOutBase(platform);
  const app = join(program, 'app');
  await bundleApp(app);
  await addProgram(platform, process.execPath, '/usr/local/bin/node');
  await addPerl(platform);
  for await (const library of glob(join(app, 'node_modules/**/*.{node,so,so.*}')))
    await addLibraries(platform, library);
  // The shebang of exiftool needs it.
  await addProgram(platform, '/usr/bin/env', '/usr/bin/env');
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('FOLDER is missing');
  await layOutImage(resolve(folder), resolve(folder));
}
