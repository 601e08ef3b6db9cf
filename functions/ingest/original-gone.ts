import type { Asset } from '#shared/db/tables.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { Store } from '#shared/store/store.ts';

/** True if the original of an asset is known not to be where it was. A store that is away knows nothing. */
export async function isOriginalGone(
  store: Pick<Store, 'find'>,
  { isOffline, originalPath }: Pick<Asset, 'isOffline' | 'originalPath'>,
): Promise<boolean> {
  if (isOffline) return true;
  try {
    return (await store.find(originalPath)) === undefined;
  } catch (error) {
    if (isDarkroomError(error, 'store/unavailable')) return false;
    throw error;
  }
}
