// Writes the folder /app of an image: the program as a few files with their compiled code, and the packages with native
// parts. `node scripts/image/bundle.ts [FOLDER]`
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { ensureModels } from '#shared/faces/fetch-models.ts';
import { getModelSet } from '#shared/faces/model-set.ts';
import { compileApp } from './compile.ts';
import { copyPackages } from './copy-packages.ts';
import { plainHttp } from './plain-http.ts';

const root = join(import.meta.dirname, '../..');

/** Not bundled: packages whose code finds native parts or a Perl program at run time. */
const packages = ['sharp', 'onnxruntime-node', 'exiftool-vendored', 'bcrypt'];
/** Left out: the embedded database is only for local use, and pg loads pg-native only on request. */
const absent = [/^@electric-sql\//, /^pg-native$/];

/** Entry points of a thread and of a child process, see walker.ts and decode-apart.ts. */
const startedByName = {
  'walk-worker': 'functions/watch-nfs/walk-worker.ts',
  'decode-child': 'shared/media/decode-child.ts',
};

/** Writes /app of an image into `folder`, which is emptied first. */
export async function bundleApp(folder: string): Promise<void> {
  await bundleProgram(folder);
  await copyModels(join(folder, 'models'));
}

/** Writes /app of an image without the face models into `folder`, which is emptied first. */
export async function bundleProgram(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = await writeChunks(folder);
  // The code reads it from its own folder.
  await copyFile(join(root, 'shared/media/places.bin'), join(folder, 'places.bin'));
  await copyPackages(root, packages, join(folder, 'node_modules'));
  await compileApp(resolve(folder), files);
}

/**
 * Writes the entry point, and a file for each set of modules that only some functions load, so that a pod reads only what
 * its function needs. Returns the names of files that can be imported without starting anything.
 */
async function writeChunks(folder: string): Promise<string[]> {
  await using bundle = await rolldown({
    input: { function: 'functions/pod/main.ts', ...startedByName },
    cwd: root,
    platform: 'node',
    external: [...absent, ...packages.map((name) => new RegExp(`^${name}(?:/|$)`))],
    plugins: [plainHttp],
    // Comments contain the paths of modules, which must be the same if node_modules is a link.
    resolve: { symlinks: false },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    keepNames: true,
  });
  const starts = new Set(
    ['functions/pod/main.ts', 'functions/pod/function.ts', ...Object.values(startedByName)].map((name) =>
      join(root, name),
    ),
  );
  const chunks = output.filter((it) => it.type === 'chunk');
  return chunks.filter(({ moduleIds }) => !moduleIds.some((id) => starts.has(id))).map((it) => it.fileName);
}

/** The image contains the default models, because a pod has no npm and can write only to /tmp. */
async function copyModels(folder: string): Promise<void> {
  const cache = join(root, 'dist/models');
  await ensureModels(getModelSet('faceplugin'), cache, {
    onProgress: ({ step, subject }) => console.log(`${step} ${subject}`),
  });
  await cp(cache, folder, { recursive: true });
}

if (import.meta.main) await bundleApp(resolve(process.argv[2] ?? join(root, 'dist/app')));
