import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { Person, User } from '#shared/db/tables.ts';
import { deleteAlbumsOf } from '#shared/albums/album.ts';
import { disownObjects } from '#shared/assets/stored-object.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { deleteUser, markRemoving } from '#shared/users/user.ts';
import { deleteAllAssets } from '#shared/assets/asset.ts';
import { deleteLibrary } from '#shared/libraries/library.ts';

/**
 * Begins to remove an account for good: nobody can use or restore it any more, and its libraries and assets are deleted,
 * whose files go by the events written here. What came in meanwhile goes when it is called again. undefined if there is
 * no such account.
 */
export async function beginRemoval(db: Db, userId: string): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    const user = await markRemoving(tx, userId);
    if (user === undefined) return undefined;
    const libraries = await tx
      .selectFrom('library')
      .select('id')
      .where('ownerId', '=', userId)
      .where('deletedAt', 'is', null)
      .orderBy('id')
      .execute();
    for (const { id } of libraries) await deleteLibrary(tx, id);
    await deleteAllAssets(tx, { column: 'ownerId', id: userId });
    return user;
  });
}

/** Accounts that are being removed, and closed ones whose time to be restored is over. */
export async function listAccountsToRemove(db: Db, days: number): Promise<string[]> {
  const rows = await db
    .selectFrom('user')
    .select('id')
    .where((eb) =>
      eb.or([
        eb('status', '=', 'removing'),
        eb.and([eb('status', '=', 'deleted'), eb('deletedAt', '<', sql<Date>`now() - make_interval(days => ${days})`)]),
      ]),
    )
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}

/** True if the account is being removed and nothing of its assets is left, not even their files. */
export async function isReadyToForget(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('user')
    .select('id')
    .where('id', '=', userId)
    .where('status', '=', 'removing')
    .where(sql<boolean>`not exists (select from asset where asset."ownerId" = "user"."id")`)
    .executeTakeFirst();
  return row !== undefined;
}

export async function listPeopleOfOwner(db: Db, ownerId: string): Promise<Person[]> {
  return db.selectFrom('person').selectAll().where('ownerId', '=', ownerId).execute();
}

/**
 * Removes the account and the albums it owns; its address is free then. Files that stay where they are, since they are
 * not Darkroom's, are nobody's, and are taken in again when somebody gets their folder. False if an asset is left.
 */
export async function forgetAccount(db: Db, userId: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // An upload that is at its end locks the same row, for the quota.
    await tx.selectFrom('user').select('id').where('id', '=', userId).forUpdate().execute();
    if (!(await isReadyToForget(tx, userId))) return false;
    await deleteAlbumsOf(tx, userId);
    await disownObjects(tx, userId);
    await deleteUser(tx, userId);
    return true;
  });
}
