import { z } from 'zod';
import { listUserMetadata } from '#shared/users/user-metadata.ts';
import { listUsers } from '#shared/users/user.ts';
import type { QueryOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { serializeUserAdmin } from '../users/serialize-user.ts';
import { queryFlag } from '../http/fields.ts';

const searchUsersQuery = z.object({
  id: z.guid().toLowerCase().exactOptional(),
  withDeleted: queryFlag.exactOptional(),
}) satisfies z.ZodType<QueryOf<'searchUsersAdmin'>>;

/** Lists all users, or the one with an id; deleted users only with `withDeleted`. */
export const searchUsersAdmin = operation('searchUsersAdmin', {
  method: 'GET',
  path: '/admin/users',
  auth: 'admin',
  permission: 'adminUser.read',
  status: 200,
  query: searchUsersQuery,
  handler: async ({ ports: { db } }, { query }) => {
    const users = await listUsers(db, query);
    const licenses = await listUserMetadata(
      db,
      users.map((user) => user.id),
      'license',
    );
    return users.map((user) => serializeUserAdmin(user, licenses.get(user.id)));
  },
});
