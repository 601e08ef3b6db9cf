import { countAssets } from '#shared/assets/asset-details.ts';
import type { QueryOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';

/** How many photos and videos a user has. */
export async function getUserStatisticsAdmin(
  { ports: { db } }: RequestContext,
  { params: { id }, query }: RouteInput<{ id: string }, QueryOf<'getUserStatisticsAdmin', 'id'>, undefined>,
): Promise<ResponseOf<'getUserStatisticsAdmin'>> {
  const { images, videos } = await countAssets(db, id, query);
  return { images, videos, total: images + videos };
}
