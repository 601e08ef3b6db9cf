import type { Config } from '#shared/config/config.ts';
import type { ListingScope } from './bucket-listing.ts';
import { bucketLocation, externalStore, libraryPrefix } from '#shared/store/location.ts';
import { isStoreKey } from '#shared/store/store-key.ts';
import type { Store } from '#shared/store/store.ts';

/** The watched buckets: that of the store, below `library/`, and one more, which is only read, as a whole. */
export function listWatched(
  config: Pick<Config, 'DARKROOM_STORE' | 'DARKROOM_MINIO_BUCKET' | 'DARKROOM_WATCH_BUCKET'>,
  { kind }: Pick<Store, 'kind'>,
): ListingScope[] {
  const { DARKROOM_MINIO_BUCKET: own, DARKROOM_WATCH_BUCKET: other } = config;
  return [
    ...(config.DARKROOM_STORE === 'minio' ? [{ bucket: own, store: kind, prefix: libraryPrefix }] : []),
    ...(other === undefined ? [] : [{ bucket: other, store: externalStore, prefix: bucketLocation(other) }]),
  ];
}

/** The location of an object of a bucket; undefined if the object is outside what is watched. */
export function locate({ prefix, store }: ListingScope, key: string): string | undefined {
  if (!isStoreKey(key)) return undefined;
  if (store === externalStore) return prefix + key;
  return key.startsWith(prefix) ? key : undefined;
}
