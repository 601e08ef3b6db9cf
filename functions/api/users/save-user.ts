import type { Db } from '#shared/db/db.ts';
import { findUserMetadata } from '#shared/users/user-metadata.ts';
import { updateUser } from '#shared/users/user.ts';
import type { UserUpdate } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { serializeUserAdmin, type UserAdminResponse } from './serialize-user.ts';

/** Updates a user for `updateMyUser` and `updateUserAdmin`. @throws input/invalid, with the text `emailTaken` if another user has the address */
export async function saveUser(
  db: Db,
  id: string,
  changes: UserUpdate,
  emailTaken = 'Email already in use by another account',
): Promise<UserAdminResponse> {
  const saved = await updateUser(db, id, changes);
  switch (saved.outcome) {
    case 'saved':
      return serializeUserAdmin(saved.user, await findUserMetadata(db, id, 'license'));
    case 'email-taken':
      throw new DarkroomError('input/invalid', emailTaken);
    case 'storage-label-taken':
      throw new DarkroomError('input/invalid', 'Storage label already in use by another account');
    case 'not-found':
      throw new DarkroomError('input/invalid', 'User not found');
  }
}
