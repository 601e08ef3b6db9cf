import { z } from 'zod';
import { listMotionParts, trashAssets } from '#shared/assets/asset-details.ts';
import { deleteAssets as deleteForGood } from '#shared/assets/asset.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { idList } from '../http/fields.ts';

const deleteAssetsBody = z.object({ ids: idList, force: z.boolean().optional() });

/** Moves assets to the trash, or with `force` deletes them permanently; the moving part of a live photo goes with it. */
export const deleteAssets = operation('deleteAssets', {
  method: 'DELETE',
  path: '/assets',
  auth: 'user',
  permission: 'asset.delete',
  status: 204,
  body: deleteAssetsBody,
  handler: async (context, { body: { ids, force = false } }) => {
    await requireAccess(context, 'asset.delete', ids);
    const { db, relay } = context.ports;
    const all = [...ids, ...(await listMotionParts(db, ids))];
    if (force) {
      await deleteForGood(db, all);
      relay.kick();
    } else {
      await trashAssets(db, all);
    }
  },
});
