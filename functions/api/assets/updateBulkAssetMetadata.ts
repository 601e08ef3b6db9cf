import { z } from 'zod';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { itemFields, itemsMax } from './asset-metadata-schemas.ts';
import { putItems } from './write-metadata-items.ts';

const bulkItemsBody = z.object({
  items: z.array(z.object({ assetId: z.uuid().toLowerCase(), ...itemFields })).max(itemsMax),
}) satisfies z.ZodType<BodyOf<'updateBulkAssetMetadata'>>;

export const updateBulkAssetMetadata = operation('updateBulkAssetMetadata', {
  method: 'PUT',
  path: '/assets/metadata',
  auth: 'user',
  permission: 'asset.update',
  status: 200,
  body: bulkItemsBody,
  handler: async (context, { body: { items } }) => {
    return putItems(context, items);
  },
});
