import type { Db } from '#shared/db/db.ts';
import { forgetAccount, isReadyToForget, listPeopleOfOwner } from './account.ts';
import { findUser } from '#shared/users/user.ts';

/** Number of days during which a closed account can be restored. */
export const restorableDays = 7;

export interface RemoveAccountPorts {
  db: Db;
  store: { delete(key: string): Promise<void> };
}

/**
 * Completes the removal of an account after the files of all its assets are deleted; until then it does nothing and
 * returns `waiting`. Idempotent.
 */
export async function removeAccount({ db, store }: RemoveAccountPorts, userId: string): Promise<'removed' | 'waiting'> {
  if (!(await isReadyToForget(db, userId))) return 'waiting';
  const user = await findUser(db, userId);
  const portraits = (await listPeopleOfOwner(db, userId)).map((person) => person.thumbnailPath);
  for (const key of [user?.profileImagePath ?? '', ...portraits]) if (key !== '') await store.delete(key);
  return (await forgetAccount(db, userId)) ? 'removed' : 'waiting';
}
