import { route, type Operations } from '../route.ts';
import { getTimeBucket } from './getTimeBucket.ts';
import { getTimeBuckets } from './getTimeBuckets.ts';
import { timeBucketQuery, timeBucketsQuery } from './schemas.ts';

export const timelineRoutes = {
  getTimeBucket: route({
    method: 'GET',
    path: '/timeline/bucket',
    auth: 'user',
    permission: 'asset.read',
    sharedLink: true,
    status: 200,
    query: timeBucketQuery,
    handler: (context, { query }) => getTimeBucket(context, query),
  }),
  getTimeBuckets: route({
    method: 'GET',
    path: '/timeline/buckets',
    auth: 'user',
    permission: 'asset.read',
    sharedLink: true,
    status: 200,
    query: timeBucketsQuery,
    handler: (context, { query }) => getTimeBuckets(context, query),
  }),
} satisfies Partial<Operations>;
