import { listUserUsage, type UserUsage } from '#shared/users/user-usage.ts';
import { operation } from '../http/operation.ts';

/** Counts and sizes of each user, and their sums. */
export const getServerStatistics = operation('getServerStatistics', {
  method: 'GET',
  path: '/server/statistics',
  auth: 'admin',
  permission: 'server.statistics',
  status: 200,
  handler: async ({ ports: { db } }) => {
    const users = await listUserUsage(db);
    const total = (field: Exclude<keyof UserUsage, 'userId' | 'userName' | 'quotaSizeInBytes'>) =>
      users.reduce((sum, user) => sum + user[field], 0);
    return {
      photos: total('photos'),
      videos: total('videos'),
      usage: total('usageBytes'),
      usagePhotos: total('usagePhotosBytes'),
      usageVideos: total('usageVideosBytes'),
      usageByUser: users.map(({ usageBytes, usagePhotosBytes, usageVideosBytes, ...user }) => ({
        ...user,
        usage: usageBytes,
        usagePhotos: usagePhotosBytes,
        usageVideos: usageVideosBytes,
      })),
    };
  },
});
