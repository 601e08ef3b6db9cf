import { z } from 'zod';
import * as albums from '#shared/albums/album.ts';
import { newId } from '#shared/ids/ids.ts';
import { idList } from '../http/fields.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { listAllowed } from '../http/require-access.ts';
import { requireUsers } from './require-users.ts';
import { readAlbum } from './read-album.ts';
import { description, name, role } from './album-schemas.ts';

const createAlbumBody = z.object({
  albumName: name,
  albumUsers: z.array(z.object({ userId: z.uuid(), role })).exactOptional(),
  assetIds: idList.exactOptional(),
  description: description.nullable().exactOptional(),
}) satisfies z.ZodType<BodyOf<'createAlbum'>>;

/** Leaves out assets that the caller may not share, as upstream does; a user who does not exist is an error. */
export const createAlbum = operation('createAlbum', {
  method: 'POST',
  path: '/albums',
  auth: 'user',
  permission: 'album.create',
  status: 201,
  body: createAlbumBody,
  handler: async (context, { body }) => {
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
  },
});
