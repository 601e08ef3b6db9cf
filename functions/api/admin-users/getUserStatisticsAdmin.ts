import { z } from 'zod';
import { countAssets } from '#shared/assets/asset-details.ts';
import type { QueryOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { queryFlag } from '../http/fields.ts';

const userStatisticsQuery = z.object({
  isFavorite: queryFlag.exactOptional(),
  isTrashed: queryFlag.exactOptional(),
  visibility: z.enum(['archive', 'timeline', 'hidden', 'locked']).exactOptional(),
}) satisfies z.ZodType<QueryOf<'getUserStatisticsAdmin', 'id'>>;

/** Counts the photos and videos of a user. */
export const getUserStatisticsAdmin = operation('getUserStatisticsAdmin', {
  method: 'GET',
  path: '/admin/users/:id/statistics',
  auth: 'admin',
  permission: 'adminUser.read',
  status: 200,
  params: lowerCaseIdParams,
  query: userStatisticsQuery,
  handler: async ({ ports: { db } }, { params: { id }, query }) => {
    const { images, videos } = await countAssets(db, id, query);
    return { images, videos, total: images + videos };
  },
});
