import { z } from 'zod';
import * as albums from '#shared/albums/album.ts';
import { queryFlag } from '../http/fields.ts';
import { operation } from '../http/operation.ts';
import { name } from './album-schemas.ts';
import { serializeAlbums } from './serialize-album.ts';

const albumsQuery = z.object({
  assetId: z.uuid().optional(),
  id: z.uuid().optional(),
  isOwned: queryFlag.optional(),
  isShared: queryFlag.optional(),
  name: name.optional(),
});

export const getAllAlbums = operation('getAllAlbums', {
  method: 'GET',
  path: '/albums',
  auth: 'user',
  permission: 'album.read',
  status: 200,
  query: albumsQuery,
  handler: async ({ ports, auth }, { query: filter }) => {
    return serializeAlbums(await albums.listAlbums(ports.db, auth.user.id, filter));
  },
});
