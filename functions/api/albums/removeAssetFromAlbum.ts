import { listAlbumMembersOf, removeAlbumAssets } from '#shared/albums/album.ts';
import { operation } from '../http/operation.ts';
import { listAllowed, requireAccess } from '../http/require-access.ts';
import { idsBody } from '../http/fields.ts';
import { idParams } from '../http/fields.ts';

/** The owner of the album removes any assets, a member only their own. */
export const removeAssetFromAlbum = operation('removeAssetFromAlbum', {
  method: 'DELETE',
  path: '/albums/:id/assets',
  auth: 'user',
  permission: 'albumAsset.delete',
  status: 200,
  params: idParams,
  body: idsBody,
  handler: async (context, { params: { id: albumId }, body: { ids } }) => {
    await requireAccess(context, 'albumAsset.delete', [albumId]);
    const { db } = context.ports;
    const present = await listAlbumMembersOf(db, albumId, ids);
    const isOwner = (await listAllowed(context, 'album.delete', [albumId])).has(albumId);
    const allowed = isOwner ? present : await listAllowed(context, 'asset.share', [...present]);
    const removed = await removeAlbumAssets(db, albumId, [...allowed]);
    return ids.map((id) => {
      if (present.has(id) && !allowed.has(id)) return { id, success: false, error: 'no_permission' };
      return removed.delete(id) ? { id, success: true } : { id, success: false, error: 'not_found' };
    });
  },
});
