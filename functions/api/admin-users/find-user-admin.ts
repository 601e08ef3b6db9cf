import type { Db } from '#shared/db/db.ts';
import { findUserMetadata } from '#shared/users/user-metadata.ts';
import { findUser } from '#shared/users/user.ts';
import type { User } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { serializeUserAdmin, type UserAdminResponse } from '../users/serialize-user.ts';

/** @throws input/invalid if the user does not exist */
export function requireUser(user: User | undefined): User {
  if (user === undefined) throw new DarkroomError('input/invalid', 'User not found');
  return user;
}

/** Deleted users are found only with `withDeleted`. @throws input/invalid */
export async function getUserById(db: Db, id: string, { withDeleted }: { withDeleted: boolean }): Promise<User> {
  const user = requireUser(await findUser(db, id));
  return requireUser(withDeleted || user.deletedAt === null ? user : undefined);
}

/** A user as administrators see them, with their stored licence. */
export async function toUserAdmin(db: Db, user: User): Promise<UserAdminResponse> {
  return serializeUserAdmin(user, await findUserMetadata(db, user.id, 'license'));
}
