import type { Config } from '#shared/config/config.ts';

/** The components besides the base. Without anything to watch there is no watcher, whose schedule would wake the app. */
export function componentsOf(config: Config): string[] {
  const isBucket = config.DARKROOM_STORE === 'minio';
  const hasBuckets = isBucket || config.DARKROOM_WATCH_BUCKET !== undefined;
  // A folder store contains `library/`.
  const hasFolders =
    !isBucket || config.DARKROOM_WATCH_FOLDER !== undefined || config.DARKROOM_EXTERNAL_FOLDERS.length > 0;
  return [...(hasBuckets ? ['watch-minio'] : []), ...(hasFolders ? ['watch-nfs'] : [])];
}
