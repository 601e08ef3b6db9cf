import { z } from 'zod';
import { type DownloadScope, listDownloadable } from '#shared/assets/download.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { idList } from '../http/fields.ts';
import type { BodyOf, ResponseOf } from '../http/contract.ts';
import { operation, type RequestContext } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';

type Archive = ResponseOf<'getDownloadInfo'>['archives'][number];

const archiveBytesDefault = 4 * 1024 ** 3;

const downloadInfoBody = z.object({
  albumId: z.uuid().exactOptional(),
  archiveSize: z.number().int().min(1).exactOptional(),
  assetIds: idList.exactOptional(),
  userId: z.uuid().toLowerCase().exactOptional(),
}) satisfies z.ZodType<BodyOf<'getDownloadInfo'>>;

/** Splits a download into archives; each ends with the file that makes it larger than the requested size. */
export const getDownloadInfo = operation('getDownloadInfo', {
  method: 'POST',
  path: '/download/info',
  auth: 'user',
  permission: 'asset.download',
  sharedLink: true,
  status: 201,
  body: downloadInfoBody,
  handler: async (context, { body }) => {
    const files = await listDownloadable(context.ports.db, await scopeOf(context, body));
    const archives: Archive[] = [];
    let archive: Archive = { assetIds: [], size: 0 };
    for (const { id, fileSizeInByte } of files) {
      archive.assetIds.push(id);
      archive.size += fileSizeInByte;
      if (archive.size <= (body.archiveSize ?? archiveBytesDefault)) continue;
      archives.push(archive);
      archive = { assetIds: [], size: 0 };
    }
    if (archive.assetIds.length > 0) archives.push(archive);
    return { archives, totalSize: files.reduce((sum, it) => sum + it.fileSizeInByte, 0) };
  },
});

async function scopeOf(context: RequestContext, body: BodyOf<'getDownloadInfo'>): Promise<DownloadScope> {
  const { assetIds, albumId, userId } = body;
  const { user, session } = context.auth;
  if (assetIds !== undefined) {
    await requireAccess(context, 'asset.download', assetIds);
    return { ids: assetIds };
  }
  if (albumId !== undefined) {
    await requireAccess(context, 'album.download', [albumId]);
    return { albumId };
  }
  if (userId === undefined) throw new DarkroomError('input/invalid', 'assetIds, albumId, or userId is required');
  if (userId !== user.id) throw new DarkroomError('access/denied', 'Not found or no timeline.download access');
  return { ownerId: userId, seesLocked: session?.hasElevatedPermission === true };
}
