import * as trash from '#shared/assets/trash.ts';
import { idsBody } from '../http/fields.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';

/** The response counts all given ids, also those that were not in the trash. */
export const restoreAssets = operation('restoreAssets', {
  method: 'POST',
  path: '/trash/restore/assets',
  auth: 'user',
  permission: 'asset.delete',
  status: 200,
  body: idsBody,
  handler: async (context, { body: { ids } }) => {
    await requireAccess(context, 'asset.delete', ids);
    await trash.restoreAssets(context.ports.db, ids);
    return { count: ids.length };
  },
});
