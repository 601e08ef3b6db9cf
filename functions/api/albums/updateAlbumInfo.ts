import { z } from 'zod';
import * as albums from '#shared/albums/album.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readAlbum } from './read-album.ts';
import { description, name } from './album-schemas.ts';
import { idParams } from '../http/fields.ts';

const updateAlbumBody = z.object({
  albumName: name.exactOptional(),
  albumThumbnailAssetId: z.uuid().exactOptional(),
  description: description.nullable().exactOptional(),
  isActivityEnabled: z.boolean().exactOptional(),
  order: z.enum(['asc', 'desc']).exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateAlbumInfo'>>;

export const updateAlbumInfo = operation('updateAlbumInfo', {
  method: 'PATCH',
  path: '/albums/:id',
  auth: 'user',
  permission: 'album.update',
  status: 200,
  params: idParams,
  body: updateAlbumBody,
  handler: async (context, { params: { id }, body }) => {
    await requireAccess(context, 'album.update', [id]);
    const { db } = context.ports;
    const { albumThumbnailAssetId, description, ...rest } = body;
    if (
      albumThumbnailAssetId !== undefined &&
      !(await albums.listAlbumMembersOf(db, id, [albumThumbnailAssetId])).has(albumThumbnailAssetId)
    ) {
      throw new DarkroomError('input/invalid', 'Invalid album thumbnail');
    }
    await albums.updateAlbum(db, id, {
      ...rest,
      ...(description === undefined ? {} : { description: description ?? '' }),
      ...(albumThumbnailAssetId === undefined ? {} : { albumThumbnailAssetId }),
    });
    return readAlbum(context, id);
  },
});
