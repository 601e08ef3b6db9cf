import * as albums from '#shared/albums/album.ts';
import { findUser } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { listAllowed, requireAccess } from '../access.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { serializeAlbum, serializeAlbums, type AlbumResponse } from './serialize.ts';

export async function getAllAlbums(
  { ports, auth }: RequestContext,
  filter: albums.AlbumFilter,
): Promise<AlbumResponse[]> {
  return serializeAlbums(await albums.listAlbums(ports.db, auth.user.id, filter));
}

export async function getAlbumInfo(context: RequestContext, id: string): Promise<AlbumResponse> {
  await requireAccess(context, 'album.read', [id]);
  return readAlbum(context, id);
}

async function readAlbum({ ports }: RequestContext, id: string): Promise<AlbumResponse> {
  const details = await albums.findAlbum(ports.db, id);
  if (details === undefined) throw new DarkroomError('access/denied', 'Not found or no album.read access');
  return serializeAlbum(details);
}

export async function getAlbumStatistics({ ports, auth }: RequestContext): Promise<ResponseOf<'getAlbumStatistics'>> {
  return albums.countAlbums(ports.db, auth.user.id);
}

/** Assets that the caller may not share are left out, as upstream does; a user who does not exist is an error. */
export async function createAlbum(context: RequestContext, body: BodyOf<'createAlbum'>): Promise<AlbumResponse> {
  const { db } = context.ports;
  const ownerId = context.auth.user.id;
  const users = body.albumUsers ?? [];
  await requireUsers(
    context,
    users.map((user) => user.userId),
  );
  const allowed = await listAllowed(context, 'asset.share', body.assetIds ?? []);
  const id = newId();
  await albums.createAlbum(db, {
    id,
    albumName: body.albumName,
    description: body.description ?? '',
    ownerId,
    users: users.filter((user) => user.userId !== ownerId),
    assetIds: [...allowed],
  });
  return readAlbum(context, id);
}

export async function updateAlbumInfo(
  context: RequestContext,
  id: string,
  body: BodyOf<'updateAlbumInfo'>,
): Promise<AlbumResponse> {
  await requireAccess(context, 'album.update', [id]);
  const { db } = context.ports;
  const { albumThumbnailAssetId, description, ...rest } = body;
  if (
    albumThumbnailAssetId !== undefined &&
    !(await albums.listAlbumMembersOf(db, id, [albumThumbnailAssetId])).has(albumThumbnailAssetId)
  ) {
    throw new DarkroomError('input/invalid', 'Invalid album thumbnail');
  }
  await albums.updateAlbum(db, id, {
    ...rest,
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(albumThumbnailAssetId === undefined ? {} : { albumThumbnailAssetId }),
  });
  return readAlbum(context, id);
}

export async function deleteAlbum(context: RequestContext, id: string): Promise<void> {
  await requireAccess(context, 'album.delete', [id]);
  await albums.deleteAlbum(context.ports.db, id);
}

export async function getAlbumMapMarkers(
  context: RequestContext,
  id: string,
): Promise<ResponseOf<'getAlbumMapMarkers'>> {
  await requireAccess(context, 'album.read', [id]);
  return albums.listAlbumPositions(context.ports.db, id);
}

async function requireUsers({ ports }: RequestContext, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const user = await findUser(ports.db, id);
    if (user === undefined || user.deletedAt !== null) throw new DarkroomError('input/invalid', 'Invalid user');
  }
}

/** Invites users; those who are in the album already, the owner among them, stay as they are. */
export async function addUsersToAlbum(
  context: RequestContext,
  id: string,
  { albumUsers }: BodyOf<'addUsersToAlbum'>,
): Promise<AlbumResponse> {
  await requireAccess(context, 'album.share', [id]);
  const members = new Set((await readAlbum(context, id)).albumUsers.map((it) => it.user.id));
  const added = albumUsers.filter((it) => !members.has(it.userId));
  await requireUsers(
    context,
    added.map((user) => user.userId),
  );
  await albums.addAlbumUsers(
    context.ports.db,
    id,
    added.map(({ userId, role }) => ({ userId, role: role ?? 'editor' })),
  );
  return readAlbum(context, id);
}

export async function updateAlbumUser(
  context: RequestContext,
  id: string,
  userId: string,
  { role }: BodyOf<'updateAlbumUser'>,
): Promise<void> {
  await requireAccess(context, 'album.share', [id]);
  const { albumUsers } = await readAlbum(context, id);
  if (albumUsers.some((it) => it.user.id === userId && it.role === 'owner'))
    throw new DarkroomError('input/invalid', 'User is owner');
  if (!(await albums.setAlbumRole(context.ports.db, id, userId, role)))
    throw new DarkroomError('input/invalid', 'Album not shared with user');
}

/** The owner takes somebody out, or a member leaves (`me`). */
export async function removeUserFromAlbum(context: RequestContext, id: string, who: string): Promise<void> {
  const userId = who === 'me' ? context.auth.user.id : who;
  await requireAccess(context, userId === context.auth.user.id ? 'album.read' : 'album.share', [id]);
  const { albumUsers } = await readAlbum(context, id);
  if (albumUsers.some((it) => it.user.id === userId && it.role === 'owner')) {
    throw new DarkroomError('input/invalid', 'Cannot remove album owner');
  }
  if (!(await albums.removeAlbumUser(context.ports.db, id, userId)))
    throw new DarkroomError('input/invalid', 'Album not shared with user');
}
