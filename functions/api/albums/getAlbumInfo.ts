import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { readAlbum } from './read-album.ts';
import { idParams } from '../http/fields.ts';

export const getAlbumInfo = operation('getAlbumInfo', {
  method: 'GET',
  path: '/albums/:id',
  auth: 'user',
  permission: 'album.read',
  sharedLink: true,
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await requireAccess(context, 'album.read', [id]);
    return readAlbum(context, id);
  },
});
