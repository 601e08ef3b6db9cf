// Makes the folder that an image has as /app: the program as a few files, and beside it the packages with native parts.
// `node scripts/image/bundle.ts [FOLDER]`
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { ensureModels } from '#shared/faces/fetch-models.ts';
import { getModelSet } from '#shared/faces/model-set.ts';
import { copyPackages } from './copy-packages.ts';

const root = join(import.meta.dirname, '../..');

/** Found at run time by their own code, so they stay packages: native parts, or a program in Perl. */
const packages = ['sharp', 'onnxruntime-node', 'exiftool-vendored'];
/** The embedded database is for a laptop, and pg asks for its native twin only when told to. */
const absent = [/^@electric-sql\//, /^pg-native$/];

/** Writes /app of an image into `folder`, which is emptied first. */
export async function bundleApp(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await bundleProgram(folder);
  // Read from beside the code that looks for it.
  await copyFile(join(root, 'shared/media/places.bin'), join(folder, 'places.bin'));
  await copyPackages(root, packages, join(folder, 'node_modules'));
  await copyModels(join(folder, 'models'));
}

/** One entry, and a file for each set of modules that only some functions load: a pod reads what its function needs. */
async function bundleProgram(folder: string): Promise<void> {
  await using bundle = await rolldown({
    input: { function: join(root, 'knative/function.ts') },
    cwd: root,
    platform: 'node',
    external: [...absent, ...packages.map((name) => new RegExp(`^${name}(?:/|$)`))],
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    keepNames: true,
  });
}

/** A pod has no npm and may write nowhere but /tmp, so the image brings the default models along. */
async function copyModels(folder: string): Promise<void> {
  const cache = join(root, 'dist/models');
  await ensureModels(getModelSet('faceplugin'), cache, {
    onProgress: ({ step, subject }) => console.log(`${step} ${subject}`),
  });
  await cp(cache, folder, { recursive: true });
}

if (import.meta.main) await bundleApp(resolve(process.argv[2] ?? join(root, 'dist/app')));
