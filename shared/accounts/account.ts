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
 * Begins to remove an account permanently: it can no longer be used or restored, and its libraries and assets are
 * deleted; events written here remove their files. Assets added meanwhile are deleted when it is called again. Returns
 * undefined if there is no such account.
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

/** Accounts that are being removed, and closed ones that can no longer be restored. */
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

/** True if the account is being removed and none of its assets and files is left. */
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
 * Removes the account and the albums it owns; its address can be used again. Watched files stay in place without an
 * owner, and become assets again when a user gets their folder. Returns false if an asset is left.
 */
export async function forgetAccount(db: Db, userId: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    // A finishing upload locks the same row, for the quota.
    await tx.selectFrom('user').select('id').where('id', '=', userId).forUpdate().execute();
    if (!(await isReadyToForget(tx, userId))) return false;
    await deleteAlbumsOf(tx, userId);
    await disownObjects(tx, userId);
    await deleteUser(tx, userId);
    return true;
  });
}
