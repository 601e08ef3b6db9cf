import { createHash } from 'node:crypto';
import type { Store, StoreKey } from './store.ts';

/**
 * SHA-1 of an object's bytes, the checksum of Immich's API.
 * @throws store/not-found, store/unavailable, or what aborted `signal`
 */
export async function hashObject(store: Pick<Store, 'read'>, key: StoreKey, signal: AbortSignal): Promise<Buffer> {
  const hash = createHash('sha1');
  for await (const chunk of await store.read(key)) {
    signal.throwIfAborted();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest();
}
