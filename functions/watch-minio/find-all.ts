import type { Store, ObjectInfo } from '#shared/store/store.ts';

const atOnce = 8;

/** Finds what is under each key now, 8 requests at a time. @throws store/unavailable if one of them fails */
export async function findAll(
  store: Pick<Store, 'find'>,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, ObjectInfo | undefined>> {
  const found = new Map<string, ObjectInfo | undefined>();
  const waiting = [...new Set(keys)];
  const look = async () => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      signal.throwIfAborted();
      found.set(key, await store.find(key));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, look));
  return found;
}
