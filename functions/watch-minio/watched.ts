import { isStoreKey } from '#shared/store/store-key.ts';

/** What a bucket holds for Darkroom to take in; all else in it was written by Darkroom or is not its concern. */
export const watchedPrefix = 'library/';

export const source = '/darkroom/watch-minio';

/** True for keys of objects that are to be taken in: below the prefix, and nothing that climbs out of it. */
export function isWatched(key: string): boolean {
  return key.startsWith(watchedPrefix) && isStoreKey(key);
}
