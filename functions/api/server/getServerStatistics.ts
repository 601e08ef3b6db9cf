import { listUserUsage, type UserUsage } from '#shared/users/user-usage.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

/** What everybody has, and all of them together. */
export async function getServerStatistics({
  ports: { db },
}: RequestContext): Promise<ResponseOf<'getServerStatistics'>> {
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
}
