import * as metadata from '#shared/assets/asset-metadata.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

type Item = ResponseOf<'getAssetMetadataByKey'>;

const serialize = ({ key, value, updatedAt }: metadata.AssetMetadata): Item => ({
  key,
  value: value as Item['value'],
  updatedAt: updatedAt.toISOString(),
});

export async function getAssetMetadata(context: RequestContext, id: string): Promise<ResponseOf<'getAssetMetadata'>> {
  await requireAccess(context, 'asset.read', [id]);
  return (await metadata.listAssetMetadata(context.ports.db, id)).map(serialize);
}

export async function getAssetMetadataByKey(context: RequestContext, item: { id: string; key: string }): Promise<Item> {
  await requireAccess(context, 'asset.read', [item.id]);
  const found = await metadata.findAssetMetadata(context.ports.db, { assetId: item.id, key: item.key });
  if (found === undefined)
    throw new DarkroomError(
      'input/invalid',
      `Metadata with key "${item.key}" not found for asset with id "${item.id}"`,
    );
  return serialize(found);
}

export async function updateAssetMetadata(
  context: RequestContext,
  id: string,
  { items }: BodyOf<'updateAssetMetadata'>,
): Promise<ResponseOf<'updateAssetMetadata'>> {
  const written = await updateBulkAssetMetadata(context, { items: items.map((item) => ({ ...item, assetId: id })) });
  return written.map(({ key, value, updatedAt }) => ({ key, value, updatedAt }));
}

/** Keeps values with many assets at once. @throws input/invalid if a key of an asset is given twice */
export async function updateBulkAssetMetadata(
  context: RequestContext,
  { items }: BodyOf<'updateBulkAssetMetadata'>,
): Promise<ResponseOf<'updateBulkAssetMetadata'>> {
  await requireAccess(
    context,
    'asset.update',
    items.map((item) => item.assetId),
  );
  const keys = new Set(items.map(({ assetId, key }) => `${assetId}/${key}`));
  if (keys.size !== items.length) throw new DarkroomError('input/invalid', 'Duplicate items are not allowed');
  const rows = await metadata.putAssetMetadata(context.ports.db, items);
  return rows.map((row) => ({ assetId: row.assetId, ...serialize(row) }));
}

export async function deleteAssetMetadata(context: RequestContext, item: { id: string; key: string }): Promise<void> {
  await deleteBulkAssetMetadata(context, { items: [{ assetId: item.id, key: item.key }] });
}

export async function deleteBulkAssetMetadata(
  context: RequestContext,
  { items }: BodyOf<'deleteBulkAssetMetadata'>,
): Promise<void> {
  await requireAccess(
    context,
    'asset.update',
    items.map((item) => item.assetId),
  );
  await metadata.deleteAssetMetadata(context.ports.db, items);
}
