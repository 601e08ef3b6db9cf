import type { Config } from '#shared/config/config.ts';

/** The components that this computer needs besides the base. Where there is nothing to watch, nobody is woken to look. */
export function componentsOf(config: Config): string[] {
  const isBucket = config.DARKROOM_STORE === 'minio';
  const hasBuckets = isBucket || config.DARKROOM_WATCH_BUCKET !== undefined;
  // A folder store has `library/` in it.
  const hasFolders =
    !isBucket || config.DARKROOM_WATCH_FOLDER !== undefined || config.DARKROOM_EXTERNAL_FOLDERS.length > 0;
  return [...(hasBuckets ? ['watch-minio'] : []), ...(hasFolders ? ['watch-nfs'] : [])];
}
