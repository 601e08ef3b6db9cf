import { addAlbumAssets, listAlbumMembersOf } from '#shared/albums/album.ts';
import { operation } from '../http/operation.ts';
import { listAllowed, requireAccess } from '../http/require-access.ts';
import { idsBody } from '../http/fields.ts';
import { idParams } from '../http/fields.ts';

/** Adds assets and reports the result for each id. An asset that is in the album already is an error for its id only. */
export const addAssetsToAlbum = operation('addAssetsToAlbum', {
  method: 'PUT',
  path: '/albums/:id/assets',
  auth: 'user',
  permission: 'albumAsset.create',
  status: 200,
  params: idParams,
  body: idsBody,
  handler: async (context, { params: { id: albumId }, body: { ids } }) => {
    await requireAccess(context, 'albumAsset.create', [albumId]);
    const { db } = context.ports;
    const present = await listAlbumMembersOf(db, albumId, ids);
    const allowed = await listAllowed(
      context,
      'asset.share',
      ids.filter((id) => !present.has(id)),
    );
    const added = await addAlbumAssets(db, albumId, [...allowed]);
    const reported = new Set<string>();
    return ids.map((id) => {
      if (!present.has(id) && !allowed.has(id)) return { id, success: false, error: 'no_permission' };
      if (!added.has(id) || reported.has(id)) return { id, success: false, error: 'duplicate' };
      reported.add(id);
      return { id, success: true };
    });
  },
});
