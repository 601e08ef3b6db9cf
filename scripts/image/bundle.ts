// Makes the folder that an image has as /app: the program as a few files with their compiled code, and beside it the
// packages with native parts. `node scripts/image/bundle.ts [FOLDER]`
import { copyFile, cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { ensureModels } from '#shared/faces/fetch-models.ts';
import { getModelSet } from '#shared/faces/model-set.ts';
import { compileApp } from './compile.ts';
import { copyPackages } from './copy-packages.ts';
import { plainHttp } from './plain-http.ts';

const root = join(import.meta.dirname, '../..');

/** Found at run time by their own code, so they stay packages: native parts, or a program in Perl. */
const packages = ['sharp', 'onnxruntime-node', 'exiftool-vendored', 'bcrypt'];
/** The embedded database is for a laptop, and pg asks for its native twin only when told to. */
const absent = [/^@electric-sql\//, /^pg-native$/];

/** Started as a thread and as a process by their own names, see walker.ts and decode-apart.ts beside them. */
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
  // Read from beside the code that looks for it.
  await copyFile(join(root, 'shared/media/places.bin'), join(folder, 'places.bin'));
  await copyPackages(root, packages, join(folder, 'node_modules'));
  await compileApp(resolve(folder), files);
}

/**
 * Writes one entry, and a file for each set of modules that only some functions load, so that a pod reads what its
 * function needs. Returns the names of those that may be imported without anything being started.
 */
async function writeChunks(folder: string): Promise<string[]> {
  await using bundle = await rolldown({
    input: { function: 'functions/pod/start.ts', ...startedByName },
    cwd: root,
    platform: 'node',
    external: [...absent, ...packages.map((name) => new RegExp(`^${name}(?:/|$)`))],
    plugins: [plainHttp],
    // The paths of modules stand in comments: they are to be the same where node_modules is a link.
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
    ['functions/pod/start.ts', 'functions/pod/main.ts', ...Object.values(startedByName)].map((name) =>
      join(root, name),
    ),
  );
  const chunks = output.filter((it) => it.type === 'chunk');
  return chunks.filter(({ moduleIds }) => !moduleIds.some((id) => starts.has(id))).map((it) => it.fileName);
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
