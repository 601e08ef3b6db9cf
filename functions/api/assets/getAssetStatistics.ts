import { z } from 'zod';
import { countAssets } from '#shared/assets/asset-details.ts';
import { operation } from '../http/operation.ts';
import { visibility } from './asset-schemas.ts';
import { queryFlag } from '../http/fields.ts';

const statisticsQuery = z.object({
  isFavorite: queryFlag.optional(),
  isTrashed: queryFlag.optional(),
  visibility: visibility.optional(),
});

export const getAssetStatistics = operation('getAssetStatistics', {
  method: 'GET',
  path: '/assets/statistics',
  auth: 'user',
  permission: 'asset.statistics',
  status: 200,
  query: statisticsQuery,
  handler: async ({ ports, auth }, { query: filter }) => {
    const { images, videos } = await countAssets(ports.db, auth.user.id, filter);
    return { images, videos, total: images + videos };
  },
});
