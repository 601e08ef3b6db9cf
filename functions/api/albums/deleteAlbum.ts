import * as albums from '#shared/albums/album.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { idParams } from '../http/fields.ts';

export const deleteAlbum = operation('deleteAlbum', {
  method: 'DELETE',
  path: '/albums/:id',
  auth: 'user',
  permission: 'album.delete',
  status: 204,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await requireAccess(context, 'album.delete', [id]);
    await albums.deleteAlbum(context.ports.db, id);
  },
});
