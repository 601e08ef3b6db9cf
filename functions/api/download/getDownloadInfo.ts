import { z } from 'zod';
import { listDownloadable, type DownloadScope } from '#shared/assets/download.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

const archiveBytesDefault = 4 * 1024 ** 3;

export const downloadInfoBody = z.object({
  albumId: z.uuid().exactOptional(),
  archiveSize: z.number().int().min(1).exactOptional(),
  assetIds: z.array(z.uuid()).max(100_000).exactOptional(),
  userId: z.uuid().toLowerCase().exactOptional(),
}) satisfies z.ZodType<BodyOf<'getDownloadInfo'>>;

type Archive = ResponseOf<'getDownloadInfo'>['archives'][number];

/** Splits what is to be downloaded into archives; each ends with the file that makes it larger than asked for. */
export async function getDownloadInfo(
  context: RequestContext,
  body: BodyOf<'getDownloadInfo'>,
): Promise<ResponseOf<'getDownloadInfo'>> {
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
}

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
