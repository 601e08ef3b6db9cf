import type { Db } from '#shared/db/db.ts';
import { findUserByEmail, updateUser } from '#shared/users/user.ts';
import type { User, UserUpdate } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

/** @throws resource/not-found if no account has the address, or if it was closed */
export async function getAccount(db: Db, email: string): Promise<User> {
  const user = await findUserByEmail(db, email.toLowerCase());
  if (user === undefined) throw new DarkroomError('resource/not-found', `No account has the address ${email}`);
  if (user.deletedAt !== null) throw new DarkroomError('resource/not-found', `The account of ${email} was closed`);
  return user;
}

/** @throws resource/not-found if the account was closed meanwhile */
export async function changeAccount(
  db: Db,
  user: User,
  changes: Pick<UserUpdate, 'password' | 'shouldChangePassword' | 'isAdmin'>,
): Promise<void> {
  const { outcome } = await updateUser(db, user.id, changes);
  if (outcome !== 'saved') throw new DarkroomError('resource/not-found', `The account of ${user.email} was closed`);
}
