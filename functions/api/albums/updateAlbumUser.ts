import { z } from 'zod';
import * as albums from '#shared/albums/album.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readAlbum } from './read-album.ts';
import { albumUserParams, role } from './album-schemas.ts';

const updateAlbumUserBody = z.object({ role }) satisfies z.ZodType<BodyOf<'updateAlbumUser'>>;

export const updateAlbumUser = operation('updateAlbumUser', {
  method: 'PUT',
  path: '/albums/:id/user/:userId',
  auth: 'user',
  permission: 'albumUser.update',
  status: 204,
  params: albumUserParams,
  body: updateAlbumUserBody,
  handler: async (context, { params: { id, userId }, body: { role } }) => {
    await requireAccess(context, 'album.share', [id]);
    const { albumUsers } = await readAlbum(context, id);
    if (albumUsers.some((it) => it.user.id === userId && it.role === 'owner'))
      throw new DarkroomError('input/invalid', 'User is owner');
    if (!(await albums.setAlbumRole(context.ports.db, id, userId, role)))
      throw new DarkroomError('input/invalid', 'Album not shared with user');
  },
});
