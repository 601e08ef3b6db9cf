import * as metadata from '#shared/assets/asset-metadata.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { serializeMetadataItem } from './write-metadata-items.ts';
import { idParams } from '../http/fields.ts';

export const getAssetMetadata = operation('getAssetMetadata', {
  method: 'GET',
  path: '/assets/:id/metadata',
  auth: 'user',
  permission: 'asset.read',
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await requireAccess(context, 'asset.read', [id]);
    return (await metadata.listAssetMetadata(context.ports.db, id)).map(serializeMetadataItem);
  },
});
