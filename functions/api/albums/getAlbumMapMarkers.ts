import * as albums from '#shared/albums/album.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { idParams } from '../http/fields.ts';

export const getAlbumMapMarkers = operation('getAlbumMapMarkers', {
  method: 'GET',
  path: '/albums/:id/map-markers',
  auth: 'user',
  permission: 'album.read',
  sharedLink: true,
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    await requireAccess(context, 'album.read', [id]);
    return albums.listAlbumPositions(context.ports.db, id);
  },
});
