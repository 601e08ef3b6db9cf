import type { Store } from './store.ts';

/** What events and `stored_object` call the store of files that lie outside of it. */
export const externalStore = 'external';

/**
 * True for an absolute path, or an object of a bucket that is only watched: outside of the store, read and never
 * written. Anything else is a key of the store.
 */
export function isExternalLocation(location: string): boolean {
  return location.startsWith('/') || isBucketLocation(location);
}

/** Where others put photos in a store, each below the folder of an owner: watched, and not only Darkroom's to write. */
export const libraryPrefix = 'library/';

const bucketScheme = 's3://';

/** True for an object of a bucket that is only watched. */
export function isBucketLocation(location: string): boolean {
  return location.startsWith(bucketScheme);
}

/** What the locations of a watched bucket begin with. No key of a store does: it would have an empty segment. */
export function bucketLocation(bucket: string): string {
  return `${bucketScheme}${bucket}/`;
}

/** The name under which events and `stored_object` know a location. */
export function storeNameOf({ kind }: Pick<Store, 'kind'>, location: string): string {
  return isExternalLocation(location) ? externalStore : kind;
}

/** True if `path` is `folder` or lies below it, by their names alone. Neither ends with a slash. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
