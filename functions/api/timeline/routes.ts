import { notYet, type Operations } from '../route.ts';

export const timelineRoutes = {
  getTimeBucket: notYet({
    method: 'GET',
    path: '/timeline/bucket',
    auth: 'user',
    permission: 'asset.read',
    sharedLink: true,
    status: 200,
  }),
  getTimeBuckets: notYet({
    method: 'GET',
    path: '/timeline/buckets',
    auth: 'user',
    permission: 'asset.read',
    sharedLink: true,
    status: 200,
  }),
} satisfies Partial<Operations>;
