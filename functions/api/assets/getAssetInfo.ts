import { findAssetDetails } from '#shared/assets/asset-details.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { idParams } from '../http/fields.ts';
import { serializeAssetDetails } from './serialize-asset.ts';

export const getAssetInfo = operation('getAssetInfo', {
  method: 'GET',
  path: '/assets/:id',
  auth: 'user',
  permission: 'asset.read',
  sharedLink: true,
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await requireAccess(context, 'asset.read', [id]);
    const details = await findAssetDetails(context.ports.db, id);
    if (details === undefined) throw new DarkroomError('access/denied', 'Not found or no asset.read access');
    return serializeAssetDetails(details, context.auth.user.id);
  },
});
