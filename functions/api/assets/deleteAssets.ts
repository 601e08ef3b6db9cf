import { deleteAssets as deleteForGood } from '#shared/assets/asset.ts';
import { listMotionParts, trashAssets } from '#shared/assets/asset-details.ts';
import { requireAccess } from '../access.ts';
import type { RequestContext } from '../route.ts';

/** Puts assets into the trash, or deletes them for good; the moving part of a live photo goes with it. */
export async function deleteAssets(
  context: RequestContext,
  { ids, force = false }: { ids: readonly string[]; force?: boolean | undefined },
): Promise<void> {
  await requireAccess(context, 'asset.delete', ids);
  const { db, relay } = context.ports;
  const all = [...ids, ...(await listMotionParts(db, ids))];
  if (force) {
    await deleteForGood(db, all);
    relay.kick();
  } else {
    await trashAssets(db, all);
  }
}
