import { z } from 'zod';
import { queryFlag } from '../assets/schemas.ts';
import type { BodyOf } from '../contract.ts';

const name = z.string().max(1000);
const description = z.string().max(100_000);
/** Who is added is an editor or a viewer; an owner there already is. */
const role = z.enum(['editor', 'viewer']);
const ids = z.array(z.uuid()).max(100_000);

export const albumParams = z.object({ id: z.uuid() });
export const albumUserParams = z.object({ id: z.uuid(), userId: z.union([z.literal('me'), z.uuid()]) });

export const albumsQuery = z.object({
  assetId: z.uuid().optional(),
  id: z.uuid().optional(),
  isOwned: queryFlag.optional(),
  isShared: queryFlag.optional(),
  name: name.optional(),
});

export const createAlbumBody = z.object({
  albumName: name,
  albumUsers: z.array(z.object({ userId: z.uuid(), role })).exactOptional(),
  assetIds: ids.exactOptional(),
  description: description.nullable().exactOptional(),
}) satisfies z.ZodType<BodyOf<'createAlbum'>>;

export const updateAlbumBody = z.object({
  albumName: name.exactOptional(),
  albumThumbnailAssetId: z.uuid().exactOptional(),
  description: description.nullable().exactOptional(),
  isActivityEnabled: z.boolean().exactOptional(),
  order: z.enum(['asc', 'desc']).exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateAlbumInfo'>>;

export const bulkIdsBody = z.object({ ids }) satisfies z.ZodType<BodyOf<'addAssetsToAlbum'>>;

export const albumsAddAssetsBody = z.object({ albumIds: ids, assetIds: ids }) satisfies z.ZodType<
  BodyOf<'addAssetsToAlbums'>
>;

export const addUsersBody = z.object({
  albumUsers: z.array(z.object({ userId: z.uuid(), role: role.exactOptional() })).min(1),
}) satisfies z.ZodType<BodyOf<'addUsersToAlbum'>>;

export const updateAlbumUserBody = z.object({ role }) satisfies z.ZodType<BodyOf<'updateAlbumUser'>>;
