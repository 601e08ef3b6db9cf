import { sql } from 'kysely';
import type { Db } from '../db.ts';
import type { Person, User } from '../tables.ts';
import { inTransaction } from '../transaction.ts';
import { deleteAllAssets } from './asset.ts';
import { deleteLibrary } from './library.ts';

/**
 * Begins to remove an account for good: nobody can use or restore it any more, and its libraries and assets are deleted,
 * whose files go by the events written here. What came in meanwhile goes when it is called again. undefined if there is
 * no such account.
 */
export async function beginRemoval(db: Db, userId: string): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    await tx.deleteFrom('session').where('userId', '=', userId).execute();
    const user = await tx
      .updateTable('user')
      .set({ status: 'removing', deletedAt: sql`coalesce("deletedAt", now())`, updatedAt: sql`now()` })
      .where('id', '=', userId)
      .returningAll()
      .executeTakeFirst();
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
    await sql`
      delete from album using album_user
      where album_user."albumId" = album."id" and album_user."userId" = ${userId} and album_user."role" = 'owner'`.execute(
      tx,
    );
    await tx
      .updateTable('stored_object')
      .set({ state: 'unowned', ownerId: null, assetId: null, reason: 'its owner was removed', changedAt: sql`now()` })
      .where('ownerId', '=', userId)
      .where('state', 'in', ['refused', 'duplicate'])
      .where('ownerFolder', 'is not', null)
      .execute();
    await tx.deleteFrom('user').where('id', '=', userId).execute();
    return true;
  });
}
