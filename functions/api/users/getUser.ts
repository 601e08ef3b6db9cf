import { findUser } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { serializeUser } from './serialize.ts';

/** Another user, as far as others may see them. */
export async function getUser(
  { ports: { db } }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'getUser'>> {
  const user = await findUser(db, id);
  if (user?.deletedAt !== null) throw new DarkroomError('input/invalid', 'User not found');
  return serializeUser(user);
}
