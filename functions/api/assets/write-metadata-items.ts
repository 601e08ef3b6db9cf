import * as metadata from '#shared/assets/asset-metadata.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../http/contract.ts';
import type { RequestContext } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';

type Item = ResponseOf<'getAssetMetadataByKey'>;

export const serializeMetadataItem = ({ key, value, updatedAt }: metadata.AssetMetadata): Item => ({
  key,
  value: value as Item['value'],
  updatedAt: updatedAt.toISOString(),
});

/** @throws access/denied; input/invalid if an asset has a key twice */
export async function putItems(
  context: RequestContext,
  items: BodyOf<'updateBulkAssetMetadata'>['items'],
): Promise<ResponseOf<'updateBulkAssetMetadata'>> {
  await requireAccess(
    context,
    'asset.update',
    items.map((item) => item.assetId),
  );
  const keys = new Set(items.map(({ assetId, key }) => `${assetId}/${key}`));
  if (keys.size !== items.length) throw new DarkroomError('input/invalid', 'Duplicate items are not allowed');
  const rows = await metadata.putAssetMetadata(context.ports.db, items);
  return rows.map((row) => ({ assetId: row.assetId, ...serializeMetadataItem(row) }));
}

/** @throws access/denied */
export async function deleteItems(
  context: RequestContext,
  items: BodyOf<'deleteBulkAssetMetadata'>['items'],
): Promise<void> {
  await requireAccess(
    context,
    'asset.update',
    items.map((item) => item.assetId),
  );
  await metadata.deleteAssetMetadata(context.ports.db, items);
}
