import { listUserMetadata } from '#shared/users/user-metadata.ts';
import { listUsers } from '#shared/users/user.ts';
import type { QueryOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { serializeUserAdmin } from '../users/serialize.ts';

/** Everybody who has an account, or one of them; those deleted too if asked for. */
export async function searchUsersAdmin(
  { ports: { db } }: RequestContext,
  { query }: RouteInput<undefined, QueryOf<'searchUsersAdmin'>, undefined>,
): Promise<ResponseOf<'searchUsersAdmin'>> {
  const users = await listUsers(db, query);
  const licenses = await listUserMetadata(
    db,
    users.map((user) => user.id),
    'license',
  );
  return users.map((user) => serializeUserAdmin(user, licenses.get(user.id)));
}
