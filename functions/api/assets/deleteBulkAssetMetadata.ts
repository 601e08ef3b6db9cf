import { z } from 'zod';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { itemsMax, key } from './asset-metadata-schemas.ts';
import { deleteItems } from './write-metadata-items.ts';

const bulkKeysBody = z.object({
  items: z.array(z.object({ assetId: z.uuid().toLowerCase(), key })).max(itemsMax),
}) satisfies z.ZodType<BodyOf<'deleteBulkAssetMetadata'>>;

export const deleteBulkAssetMetadata = operation('deleteBulkAssetMetadata', {
  method: 'DELETE',
  path: '/assets/metadata',
  auth: 'user',
  permission: 'asset.update',
  status: 204,
  body: bulkKeysBody,
  handler: async (context, { body: { items } }) => {
    await deleteItems(context, items);
  },
});
