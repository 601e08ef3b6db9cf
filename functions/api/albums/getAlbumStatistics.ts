import * as albums from '#shared/albums/album.ts';
import { operation } from '../http/operation.ts';

export const getAlbumStatistics = operation('getAlbumStatistics', {
  method: 'GET',
  path: '/albums/statistics',
  auth: 'user',
  permission: 'album.statistics',
  status: 200,
  handler: async ({ ports, auth }) => {
    return albums.countAlbums(ports.db, auth.user.id);
  },
});
