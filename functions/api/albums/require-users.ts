import { DarkroomError } from '#shared/errors/errors.ts';
import { findUser } from '#shared/users/user.ts';
import type { RequestContext } from '../http/operation.ts';

/** @throws input/invalid unless all users exist and are not deleted */
export async function requireUsers({ ports }: RequestContext, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const user = await findUser(ports.db, id);
    if (user === undefined || user.deletedAt !== null) throw new DarkroomError('input/invalid', 'Invalid user');
  }
}
