import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { isUniqueViolation } from '#shared/db/db-error.ts';
import { announceFolders, foldFolder, takeFolders } from './owner-folder.ts';
import type { NewUser, User, UserUpdate } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { deleteOtherSessions } from './session.ts';

/** Deleted users too. */
export async function findUser(db: Db, id: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
}

/** `email` in lower case, as every row has it. Deleted users too: their address stays theirs until they are removed. */
export async function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('email', '=', email).executeTakeFirst();
}

/** True once somebody has signed up: from then on nobody can sign up as the first administrator. */
export async function hasUsers(db: Db): Promise<boolean> {
  const row = await db.selectFrom('user').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** The newest first; deleted ones only if asked for. */
export async function listUsers(
  db: Db,
  { id, withDeleted = false }: { id?: string | undefined; withDeleted?: boolean } = {},
): Promise<User[]> {
  let query = db.selectFrom('user').selectAll().orderBy('createdAt', 'desc').orderBy('id');
  if (id !== undefined) query = query.where('id', '=', id);
  if (!withDeleted) query = query.where('deletedAt', 'is', null);
  return query.execute();
}

export type SavedUser =
  | { outcome: 'saved'; user: User }
  | { outcome: 'email-taken' }
  | { outcome: 'storage-label-taken' }
  | { outcome: 'not-found' };

/**
 * Adds a user, and announces what was found in their folder before. Not to be called within a transaction: a taken
 * address or label would end it.
 */
export async function createUser(db: Db, user: NewUser): Promise<SavedUser> {
  return saveUser(db, (tx) => insertUser(tx, user));
}

/**
 * Changes a user; a deleted one only by `restoreUser`. A new storage label makes another folder theirs, as
 * `createUser` does, and the one of the old label nobody's. Not to be called within a transaction.
 */
export async function updateUser(db: Db, id: string, changes: UserUpdate): Promise<SavedUser> {
  return saveUser(db, async (tx) => {
    const { storageLabel } = changes;
    const folders = storageLabel === undefined ? [] : await takeFolders(tx, id, storageLabel);
    const user = await tx
      .updateTable('user')
      .set({ ...withFoldedLabel(changes), updatedAt: sql`now()` })
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returningAll()
      .executeTakeFirst();
    if (user !== undefined) await announceFolders(tx, folders);
    return user;
  });
}

async function insertUser(tx: Db, user: NewUser): Promise<User> {
  const folders = await takeFolders(tx, user.id, user.storageLabel);
  const inserted = await tx.insertInto('user').values(withFoldedLabel(user)).returningAll().executeTakeFirstOrThrow();
  await announceFolders(tx, folders);
  return inserted;
}

function withFoldedLabel<Changes extends Pick<UserUpdate, 'storageLabel'>>(changes: Changes): Changes {
  const { storageLabel } = changes;
  return typeof storageLabel === 'string' ? { ...changes, storageLabel: foldFolder(storageLabel) } : changes;
}

async function saveUser(db: Db, save: (tx: Db) => Promise<User | undefined>): Promise<SavedUser> {
  try {
    const user = await inTransaction(db, save);
    return user === undefined ? { outcome: 'not-found' } : { outcome: 'saved', user };
  } catch (error) {
    if (isUniqueViolation(error, 'user_email')) return { outcome: 'email-taken' };
    if (isUniqueViolation(error, 'user_storageLabel_key')) return { outcome: 'storage-label-taken' };
    throw error;
  }
}

const firstUserLock = 7_301_946_513n;

/** Adds the first user of all. undefined if there is one already; of many at once exactly one gets in. */
export async function createFirstUser(db: Db, user: NewUser): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(firstUserLock)})`.execute(tx);
    if (await hasUsers(tx)) return undefined;
    return insertUser(tx, user);
  });
}

/** False if the user has a PIN code already. */
export async function setFirstPinCode(db: Db, id: string, hash: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('user')
    .set({ pinCode: hash, updatedAt: sql`now()` })
    .where('id', '=', id)
    .where('pinCode', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Marks a user as deleted and ends their sessions. undefined if there is none to delete. */
export async function softDeleteUser(db: Db, id: string): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    await deleteOtherSessions(tx, id);
    return tx
      .updateTable('user')
      .set({ status: 'deleted', deletedAt: sql`now()`, updatedAt: sql`now()` })
      .where('id', '=', id)
      .where('deletedAt', 'is', null)
      .returningAll()
      .executeTakeFirst();
  });
}

/** Takes a deletion back. undefined if there is no such user, or they are being removed. Doing it twice is doing it once. */
export async function restoreUser(db: Db, id: string): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    const folders = await takeFolders(tx, id);
    const user = await tx
      .updateTable('user')
      .set({ status: 'active', deletedAt: null, updatedAt: sql`now()` })
      .where('id', '=', id)
      .where('status', '!=', 'removing')
      .returningAll()
      .executeTakeFirst();
    if (user !== undefined) await announceFolders(tx, folders);
    return user;
  });
}

/** Lets closed accounts stay for their whole time from now on. */
export async function keepClosedAccountsLonger(tx: Db): Promise<void> {
  await tx
    .updateTable('user')
    .set({ deletedAt: sql`now()` })
    .where('status', '=', 'deleted')
    .execute();
}

/** Says that an account is being removed for good, and ends its sessions. undefined if there is none. */
export async function markRemoving(tx: Db, id: string): Promise<User | undefined> {
  await deleteOtherSessions(tx, id);
  return await tx
    .updateTable('user')
    .set({ status: 'removing', deletedAt: sql`coalesce("deletedAt", now())`, updatedAt: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Removes the row, with everything that the database knows to be theirs alone. */
export async function deleteUser(tx: Db, id: string): Promise<void> {
  await tx.deleteFrom('user').where('id', '=', id).execute();
}
