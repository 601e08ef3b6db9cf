import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';

export interface UserUsage {
  userId: string;
  userName: string;
  quotaSizeInBytes: number | null;
  photos: number;
  videos: number;
  usageBytes: number;
  usagePhotosBytes: number;
  usageVideosBytes: number;
}

/**
 * The number of photos and videos of each user, and the bytes of those outside of libraries, the oldest user first.
 * Trash is excluded; moving parts of photos add bytes but are not counted. Reads every asset.
 */
export async function listUserUsage(db: Db): Promise<UserUsage[]> {
  const ofType = (type: string) => sql`asset."type" = ${type}`;
  const count = (type: string) =>
    sql<number>`count(*) filter (where ${ofType(type)} and asset."visibility" <> 'hidden')`;
  const bytes = (condition: ReturnType<typeof ofType>) =>
    sql<number>`coalesce(sum(asset."fileSizeInByte") filter (where asset."libraryId" is null and ${condition}), 0)`;
  return db
    .selectFrom('user')
    .leftJoin('asset', (join) => join.onRef('asset.ownerId', '=', 'user.id').on('asset.status', '=', 'active'))
    .select(['user.id as userId', 'user.name as userName', 'user.quotaSizeInBytes'])
    .select([
      count('IMAGE').as('photos'),
      count('VIDEO').as('videos'),
      bytes(sql`true`).as('usageBytes'),
      bytes(ofType('IMAGE')).as('usagePhotosBytes'),
      bytes(ofType('VIDEO')).as('usageVideosBytes'),
    ])
    .groupBy('user.id')
    .orderBy('user.createdAt')
    .orderBy('user.id')
    .execute();
}
