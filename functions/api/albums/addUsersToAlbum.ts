import { z } from 'zod';
import * as albums from '#shared/albums/album.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { requireUsers } from './require-users.ts';
import { readAlbum } from './read-album.ts';
import { role } from './album-schemas.ts';
import { idParams } from '../http/fields.ts';

const addUsersBody = z.object({
  albumUsers: z.array(z.object({ userId: z.uuid(), role: role.exactOptional() })).min(1),
}) satisfies z.ZodType<BodyOf<'addUsersToAlbum'>>;

/** Adds users; the owner and users who are members already are unchanged. */
export const addUsersToAlbum = operation('addUsersToAlbum', {
  method: 'PUT',
  path: '/albums/:id/users',
  auth: 'user',
  permission: 'albumUser.create',
  status: 200,
  params: idParams,
  body: addUsersBody,
  handler: async (context, { params: { id }, body: { albumUsers } }) => {
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
  },
});
