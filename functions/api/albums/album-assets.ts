import { addAlbumAssets, listAlbumMembersOf, removeAlbumAssets } from '#shared/albums/album.ts';
import { listAllowed, requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';

type Results = ResponseOf<'addAssetsToAlbum'>;

/** Adds assets, and says of each what became of it. Adding one twice is no error for the album, only for that id. */
export async function addAssetsToAlbum(
  context: RequestContext,
  albumId: string,
  { ids }: BodyOf<'addAssetsToAlbum'>,
): Promise<Results> {
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
}

/** Takes assets out: the owner of the album any, a member those that are theirs. */
export async function removeAssetFromAlbum(
  context: RequestContext,
  albumId: string,
  { ids }: BodyOf<'removeAssetFromAlbum'>,
): Promise<Results> {
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
}

/** Adds the same assets to several albums; succeeds if anything was added anywhere. */
export async function addAssetsToAlbums(
  context: RequestContext,
  { albumIds, assetIds }: BodyOf<'addAssetsToAlbums'>,
): Promise<ResponseOf<'addAssetsToAlbums'>> {
  const albums = await listAllowed(context, 'albumAsset.create', albumIds);
  const assets = await listAllowed(context, 'asset.share', assetIds);
  if (albums.size === 0 || assets.size === 0) return { success: false, error: 'no_permission' };
  let added = 0;
  for (const albumId of albums) added += (await addAlbumAssets(context.ports.db, albumId, [...assets])).size;
  return added > 0 ? { success: true } : { success: false, error: 'duplicate' };
}
