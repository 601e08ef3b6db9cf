import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '#shared/config/config.ts';
import { storeFolderOf } from '#shared/store/open-store.ts';

/** The components that this computer needs besides the base. Where there is nothing to watch, nobody is woken to look. */
export async function componentsOf(config: Config): Promise<string[]> {
  const hasFolders = config.DARKROOM_WATCH_FOLDER !== undefined || config.DARKROOM_EXTERNAL_FOLDERS.length > 0;
  const buckets =
    config.DARKROOM_STORE === 'minio' || config.DARKROOM_WATCH_BUCKET !== undefined ? ['watch-minio'] : [];
  if (config.DARKROOM_STORE === 'minio') return hasFolders ? [...buckets, 'watch-nfs'] : buckets;
  return hasFolders || (await isFolder(join(storeFolderOf(config), 'library'))) ? [...buckets, 'watch-nfs'] : buckets;
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
