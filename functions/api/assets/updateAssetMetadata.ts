import { z } from 'zod';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { itemFields, itemsMax } from './asset-metadata-schemas.ts';
import { putItems } from './write-metadata-items.ts';
import { idParams } from '../http/fields.ts';

const itemsBody = z.object({ items: z.array(z.object(itemFields)).max(itemsMax) }) satisfies z.ZodType<
  BodyOf<'updateAssetMetadata'>
>;

export const updateAssetMetadata = operation('updateAssetMetadata', {
  method: 'PUT',
  path: '/assets/:id/metadata',
  auth: 'user',
  permission: 'asset.update',
  status: 200,
  params: idParams,
  body: itemsBody,
  handler: async (context, { params: { id }, body: { items } }) => {
    const written = await putItems(
      context,
      items.map((item) => ({ ...item, assetId: id })),
    );
    return written.map(({ key, value, updatedAt }) => ({ key, value, updatedAt }));
  },
});
