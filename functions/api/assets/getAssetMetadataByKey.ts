import * as metadata from '#shared/assets/asset-metadata.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { keyParams } from './asset-metadata-schemas.ts';
import { serializeMetadataItem } from './write-metadata-items.ts';

export const getAssetMetadataByKey = operation('getAssetMetadataByKey', {
  method: 'GET',
  path: '/assets/:id/metadata/:key',
  auth: 'user',
  permission: 'asset.read',
  status: 200,
  params: keyParams,
  handler: async (context, { params: item }) => {
    await requireAccess(context, 'asset.read', [item.id]);
    const found = await metadata.findAssetMetadata(context.ports.db, { assetId: item.id, key: item.key });
    if (found === undefined)
      throw new DarkroomError(
        'input/invalid',
        `Metadata with key "${item.key}" not found for asset with id "${item.id}"`,
      );
    return serializeMetadataItem(found);
  },
});
