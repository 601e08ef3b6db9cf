import { z } from 'zod';
import { addAlbumAssets } from '#shared/albums/album.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { listAllowed } from '../http/require-access.ts';
import { idList } from '../http/fields.ts';

const albumsAddAssetsBody = z.object({ albumIds: idList, assetIds: idList }) satisfies z.ZodType<
  BodyOf<'addAssetsToAlbums'>
>;

/** Adds the same assets to several albums; succeeds if at least one asset was added to one album. */
export const addAssetsToAlbums = operation('addAssetsToAlbums', {
  method: 'PUT',
  path: '/albums/assets',
  auth: 'user',
  permission: 'albumAsset.create',
  status: 200,
  body: albumsAddAssetsBody,
  handler: async (context, { body: { albumIds, assetIds } }) => {
    const albums = await listAllowed(context, 'albumAsset.create', albumIds);
    const assets = await listAllowed(context, 'asset.share', assetIds);
    if (albums.size === 0 || assets.size === 0) return { success: false, error: 'no_permission' };
    let added = 0;
    for (const albumId of albums) added += (await addAlbumAssets(context.ports.db, albumId, [...assets])).size;
    return added > 0 ? { success: true } : { success: false, error: 'duplicate' };
  },
});
