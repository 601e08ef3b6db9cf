import { isUuid } from '#shared/ids/ids.ts';
import type { Db } from '../db.ts';
import type { User } from '../tables.ts';

export async function findUser(db: Db, id: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
}

/** `email` in lower case, as every row has it. */
export async function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('email', '=', email).executeTakeFirst();
}

/** Whose photos lie in `library/<folder>/`: the user with that storage label, else the one with that id. */
export async function findOwnerOfFolder(db: Db, folder: string): Promise<User | undefined> {
  const byLabel = await db
    .selectFrom('user')
    .selectAll()
    .where('storageLabel', '=', folder)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  if (byLabel !== undefined || !isUuid(folder)) return byLabel;
  const byId = await findUser(db, folder);
  return byId?.deletedAt === null ? byId : undefined;
}

/** True once somebody has signed up: from then on nobody can sign up as the first administrator. */
export async function hasUsers(db: Db): Promise<boolean> {
  const row = await db.selectFrom('user').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}
