import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { normalize, resolve } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { listLibraries } from '#shared/libraries/library.ts';
import { isWithin } from '#shared/store/location.ts';
import { ownFoldersOf } from '#shared/store/open-store.ts';
import { isStoreKey } from '#shared/store/store-key.ts';

type Folders = Pick<
  Config,
  'DARKROOM_DATA' | 'DARKROOM_STORE_PATH' | 'DARKROOM_EXTERNAL_FOLDERS' | 'DARKROOM_WATCH_FOLDER'
>;

const overlaps = (path: string, folder: string) => isWithin(path, folder) || isWithin(folder, path);

/** Returns why a path is not allowed as an import path, without looking at the disk; undefined if it is allowed. */
export function validateImportPathName(config: Folders, path: string): string | undefined {
  if (!path.startsWith('/')) return `Import path must be absolute, try ${resolve(path)}`;
  if (normalize(path) !== path || !isStoreKey(path.slice(1)))
    return 'Import path must be a plain path of a folder below /';
  if (ownFoldersOf(config).some((own) => overlaps(path, own))) return ownFolder;
  const watched = config.DARKROOM_WATCH_FOLDER;
  if (watched !== undefined && overlaps(path, watched)) return 'Cannot use the watched folder for external libraries';
  if (allowedAbove(config, path) === undefined) return 'Import path lies below none of DARKROOM_EXTERNAL_FOLDERS';
  return undefined;
}

/** Returns why a path cannot be read as an import path now; undefined if it can. */
export async function validateImportPath(config: Folders, path: string): Promise<string | undefined> {
  const fault = validateImportPathName(config, path);
  const allowed = allowedAbove(config, path);
  if (fault !== undefined || allowed === undefined) return fault;
  try {
    const [real, root] = [await realpath(path), await realpath(allowed)];
    if (real !== root + path.slice(allowed.length)) return 'Import path leads through a symbolic link';
    for (const own of ownFoldersOf(config)) {
      if (overlaps(real, await realpath(own).catch(() => own))) return ownFolder;
    }
    if (!(await stat(real)).isDirectory()) return 'Not a directory';
  } catch (error) {
    return `Path does not exist (${codeOf(error)})`;
  }
  return access(path, constants.R_OK | constants.X_OK).then(
    () => undefined,
    () => 'Lacking read permission for folder',
  );
}

/** @throws input/invalid unless `fault` is undefined */
export function refuseImportPath(fault: string | undefined): void {
  if (fault !== undefined) throw new DarkroomError('input/invalid', `Invalid import path: ${fault}`);
}

/** Rejects folders of other libraries, because each file is one asset; a folder inside of one is allowed. @throws input/invalid */
export async function refuseTakenPaths(db: Db, id: string | undefined, paths: readonly string[]): Promise<void> {
  const others = (await listLibraries(db)).filter((it) => it.id !== id);
  const taken = new Set(others.flatMap((it) => it.importPaths));
  if (paths.some((path) => taken.has(path))) refuseImportPath('Another library has it');
}

const ownFolder = "Cannot use Darkroom's own folder for external libraries";

function allowedAbove({ DARKROOM_EXTERNAL_FOLDERS: folders }: Folders, path: string): string | undefined {
  return folders.toSorted((a, b) => b.length - a.length).find((folder) => isWithin(path, folder));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
