import { text } from 'node:stream/consumers';
import { isDarkroomError } from '#shared/errors/errors.ts';
import { isUuid } from '#shared/ids/ids.ts';
import type { Store } from './store.ts';

/** The object that identifies the store of a database, and tells it from an empty mount point or another bucket. */
export const storeMarkerKey = '.darkroom-store';

export interface StoreMarker {
  id: string;
  /** Also stored in the database; the two differ after one of them was restored. */
  epoch: string;
}

const longestBytes = 1_024;

/** The marker of a store; undefined without one, `damaged` if it cannot be parsed. @throws store/unavailable */
export async function readStoreMarker(store: Pick<Store, 'read'>): Promise<StoreMarker | 'damaged' | undefined> {
  try {
    return parse(await text(await store.read(storeMarkerKey, { start: 0, end: longestBytes - 1 })));
  } catch (error) {
    if (isDarkroomError(error, 'store/not-found')) return undefined;
    if (isDarkroomError(error, 'range/not-satisfiable')) return 'damaged';
    throw error;
  }
}

/** @throws store/full, store/unavailable */
export async function writeStoreMarker(store: Pick<Store, 'put'>, { id, epoch }: StoreMarker): Promise<void> {
  await store.put(storeMarkerKey, Buffer.from(`${JSON.stringify({ id, epoch })}\n`));
}

function parse(json: string): StoreMarker | 'damaged' {
  try {
    const { id, epoch } = JSON.parse(json) as Partial<Record<string, unknown>>;
    return typeof id === 'string' && typeof epoch === 'string' && isUuid(id) && isUuid(epoch)
      ? { id, epoch }
      : 'damaged';
  } catch {
    return 'damaged';
  }
}
