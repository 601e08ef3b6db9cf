import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { isUniqueViolation } from '#shared/db/db-error.ts';
import { announceFolders, foldFolder, takeFolders } from './owner-folder.ts';
import type { NewUser, User, UserUpdate } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { deleteOtherSessions } from './session.ts';

/** Finds deleted users too. */
export async function findUser(db: Db, id: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirst();
}

/** `email` in lower case, as stored. Finds deleted users too: their address stays reserved until they are removed. */
export async function findUserByEmail(db: Db, email: string): Promise<User | undefined> {
  return db.selectFrom('user').selectAll().where('email', '=', email).executeTakeFirst();
}

/** True if there is a user: then the sign-up of the first administrator is closed. */
export async function hasUsers(db: Db): Promise<boolean> {
  const row = await db.selectFrom('user').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Newest first; includes deleted users only on request. */
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
 * Adds a user, and announces the files in their folder again. Must not be called within a transaction: a duplicate
 * address or label would abort it.
 */
export async function createUser(db: Db, user: NewUser): Promise<SavedUser> {
  return saveUser(db, (tx) => insertUser(tx, user));
}

/**
 * Changes a user that is not deleted. With a new storage label the user becomes the owner of that folder, as in
 * `createUser`, and the folder of the old label has no owner. Must not be called within a transaction.
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

/** Adds the first user. Returns undefined if there is one already; of concurrent calls exactly one succeeds. */
export async function createFirstUser(db: Db, user: NewUser): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(firstUserLock)})`.execute(tx);
    if (await hasUsers(tx)) return undefined;
    return insertUser(tx, user);
  });
}

/** Returns false if the user has a PIN code already. */
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

/** Restores a deleted user. Returns undefined if there is no such user, or they are being removed. Idempotent. */
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

/** Restarts the time until closed accounts are removed. */
export async function keepClosedAccountsLonger(tx: Db): Promise<void> {
  await tx
    .updateTable('user')
    .set({ deletedAt: sql`now()` })
    .where('status', '=', 'deleted')
    .execute();
}

/** Marks an account as being removed permanently, and ends its sessions. Returns undefined if there is none. */
export async function markRemoving(tx: Db, id: string): Promise<User | undefined> {
  await deleteOtherSessions(tx, id);
  return await tx
    .updateTable('user')
    .set({ status: 'removing', deletedAt: sql`coalesce("deletedAt", now())`, updatedAt: sql`now()` })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

/** Deletes the row, and with it all rows that belong only to this user. */
export async function deleteUser(tx: Db, id: string): Promise<void> {
  await tx.deleteFrom('user').where('id', '=', id).execute();
}
