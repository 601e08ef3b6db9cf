import { dirname, join, resolve } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import { listServedLibraries } from '#shared/libraries/library.ts';
import { ensureScanRoots, type ScanRootSpec } from '#shared/scans/scan-root.ts';
import { externalStore, isWithin, libraryPrefix } from '#shared/store/location.ts';
import { storeFolderOf } from '#shared/store/open-store.ts';
import type { WatchedTree } from './scan-tree.ts';

export type TreesConfig = Pick<
  Config,
  'DARKROOM_DATA' | 'DARKROOM_STORE' | 'DARKROOM_STORE_PATH' | 'DARKROOM_WATCH_FOLDER' | 'DARKROOM_EXTERNAL_FOLDERS'
>;

/**
 * The scanned trees: `library/` of the folder store or the watched folder beside another store, and the import paths of
 * libraries.
 */
export async function findTrees(db: Db, config: TreesConfig): Promise<WatchedTree[]> {
  const libraries = await listServedLibraries(db);
  const specs = new Map<string, ScanRootSpec>();
  const own = findOwnTree(config);
  if (own !== undefined) specs.set(own.path, own);
  for (const { id: libraryId, importPaths } of libraries) {
    for (const path of importPaths) {
      const mayBeRead = config.DARKROOM_EXTERNAL_FOLDERS.some((it) => isWithin(path, it));
      if (mayBeRead && !specs.has(path)) specs.set(path, { path, store: externalStore, prefix: `${path}/`, libraryId });
    }
  }
  const roots = await ensureScanRoots(db, [...specs.values()]);
  const patterns = new Map(libraries.map((it) => [it.id, it.exclusionPatterns]));
  return roots.map((root) => ({
    root,
    spec: { path: root.path, prefix: root.prefix, exclusionPatterns: patterns.get(root.libraryId ?? '') ?? [] },
  }));
}

function findOwnTree(config: TreesConfig): ScanRootSpec | undefined {
  if (config.DARKROOM_STORE === 'folder')
    return { path: libraryFolderOf(config), store: 'folder', prefix: libraryPrefix, libraryId: null };
  const path = config.DARKROOM_WATCH_FOLDER;
  return path === undefined ? undefined : { path, store: externalStore, prefix: `${path}/`, libraryId: null };
}

/** The folder in which people put their photos, one folder per owner, beside the files that Darkroom writes itself. */
export function libraryFolderOf(config: Pick<Config, 'DARKROOM_DATA' | 'DARKROOM_STORE_PATH'>): string {
  return join(resolve(storeFolderOf(config)), 'library');
}

/** The folder that a hint names, below `tree`; undefined if it is outside of the tree. */
export function folderOfHint({ root }: WatchedTree, path: string): string | undefined {
  if (path.split('/').some((it) => it === '.' || it === '..')) return undefined;
  const clean = path.replace(/\/+$/, '');
  for (const start of [root.path, dirname(`${root.prefix}_`)]) {
    if (clean === start) return '';
    if (clean.startsWith(`${start}/`)) return clean.slice(start.length + 1);
  }
  return undefined;
}
