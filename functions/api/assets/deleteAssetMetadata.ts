import { operation } from '../http/operation.ts';
import { keyParams } from './asset-metadata-schemas.ts';
import { deleteItems } from './write-metadata-items.ts';

export const deleteAssetMetadata = operation('deleteAssetMetadata', {
  method: 'DELETE',
  path: '/assets/:id/metadata/:key',
  auth: 'user',
  permission: 'asset.update',
  status: 204,
  params: keyParams,
  handler: async (context, { params: item }) => {
    await deleteItems(context, [{ assetId: item.id, key: item.key }]);
  },
});
