import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { getUserById, toUserAdmin } from './find-user-admin.ts';

/** A user, deleted or not. */
export async function getUserAdmin(
  { ports: { db } }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'getUserAdmin'>> {
  return toUserAdmin(db, await getUserById(db, id, { withDeleted: true }));
}
