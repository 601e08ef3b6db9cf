import type { Store } from './store.ts';

/** The store name in events and `stored_object` for files outside of the store. */
export const externalStore = 'external';

/**
 * True for an absolute path, or an object of a watched bucket: outside of the store, only read. Anything else is a key
 * of the store.
 */
export function isExternalLocation(location: string): boolean {
  return location.startsWith('/') || isBucketLocation(location);
}

/** The folder of the store in which people put photos themselves, each below an owner folder. Darkroom watches it. */
export const libraryPrefix = 'library/';

const bucketScheme = 's3://';

/** True for an object of a bucket that is only watched. */
export function isBucketLocation(location: string): boolean {
  return location.startsWith(bucketScheme);
}

/**
 * The prefix of the locations of a watched bucket. No key of a store begins with it: it would have an empty segment.
 */
export function bucketLocation(bucket: string): string {
  return `${bucketScheme}${bucket}/`;
}

/** The store name of a location in events and `stored_object`. */
export function storeNameOf({ kind }: Pick<Store, 'kind'>, location: string): string {
  return isExternalLocation(location) ? externalStore : kind;
}

/** True if `path` is `folder` or lies below it, compared as text. Neither ends with a slash. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
