import { countAssets, findAssetDetails, type AssetCountFilter } from '#shared/assets/asset-details.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requireAccess } from '../access.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { serializeAssetDetails } from './serialize.ts';

export async function getAssetInfo(context: RequestContext, id: string): Promise<ResponseOf<'getAssetInfo'>> {
  await requireAccess(context, 'asset.read', [id]);
  const details = await findAssetDetails(context.ports.db, id);
  if (details === undefined) throw new DarkroomError('access/denied', 'Not found or no asset.read access');
  return serializeAssetDetails(details, context.auth.user.id);
}

export async function getAssetStatistics(
  { ports, auth }: RequestContext,
  filter: AssetCountFilter,
): Promise<ResponseOf<'getAssetStatistics'>> {
  const { images, videos } = await countAssets(ports.db, auth.user.id, filter);
  return { images, videos, total: images + videos };
}
