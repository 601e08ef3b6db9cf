import * as albums from '#shared/albums/album.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readAlbum } from './read-album.ts';
import { albumUserParams } from './album-schemas.ts';

/** The owner removes a member, or a member leaves (`me`). */
export const removeUserFromAlbum = operation('removeUserFromAlbum', {
  method: 'DELETE',
  path: '/albums/:id/user/:userId',
  auth: 'user',
  permission: 'albumUser.delete',
  status: 204,
  params: albumUserParams,
  handler: async (context, { params: { id, userId: who } }) => {
    const userId = who === 'me' ? context.auth.user.id : who;
    await requireAccess(context, userId === context.auth.user.id ? 'album.read' : 'album.share', [id]);
    const { albumUsers } = await readAlbum(context, id);
    if (albumUsers.some((it) => it.user.id === userId && it.role === 'owner')) {
      throw new DarkroomError('input/invalid', 'Cannot remove album owner');
    }
    if (!(await albums.removeAlbumUser(context.ports.db, id, userId)))
      throw new DarkroomError('input/invalid', 'Album not shared with user');
  },
});
