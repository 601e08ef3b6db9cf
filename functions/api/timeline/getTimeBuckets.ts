import { listMonthCounts } from '#shared/timeline/timeline.ts';
import { operation } from '../http/operation.ts';
import { timeBucketsQuery } from './timeline-schemas.ts';
import { toTimelineFilter } from './timeline-filter.ts';

export const getTimeBuckets = operation('getTimeBuckets', {
  method: 'GET',
  path: '/timeline/buckets',
  auth: 'user',
  permission: 'asset.read',
  sharedLink: true,
  status: 200,
  query: timeBucketsQuery,
  handler: async (context, { query }) => {
    const counts = await listMonthCounts(context.ports.db, await toTimelineFilter(context, query));
    return counts.map(({ month, count }) => ({ timeBucket: month, count }));
  },
});
