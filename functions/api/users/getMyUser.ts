import { findUserMetadata } from '#shared/users/user-metadata.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { serializeUserAdmin } from './serialize.ts';

/** The caller. */
export async function getMyUser({ ports: { db }, auth: { user } }: RequestContext): Promise<ResponseOf<'getMyUser'>> {
  return serializeUserAdmin(user, await findUserMetadata(db, user.id, 'license'));
}
