import { sql } from 'kysely';
import { isUuid } from '#shared/ids/ids.ts';
import type { Db } from '../db.ts';
import { inTransaction } from '../transaction.ts';
import { recordObject, type ObjectKey } from './stored-object.ts';
import type { StoredObject, User } from '../tables.ts';

/** The form in which names of folders and storage labels are compared: file systems keep either Unicode form. */
export const foldFolder = (name: string): string => name.normalize('NFC');

/** Whose photos lie in `library/<folder>/`: the user with that storage label, else the one with that id. */
export async function findOwnerOfFolder(db: Db, folder: string): Promise<User | undefined> {
  const name = foldFolder(folder);
  const byLabel = await db
    .selectFrom('user')
    .selectAll()
    .where('storageLabel', '=', name)
    .where('deletedAt', 'is', null)
    .executeTakeFirst();
  if (byLabel !== undefined || !isUuid(name)) return byLabel;
  return db.selectFrom('user').selectAll().where('id', '=', name).where('deletedAt', 'is', null).executeTakeFirst();
}

/**
 * Writes down that a key is nobody's, unless its folder has an owner by now, who is returned. Whoever becomes the owner
 * of a folder finds all that was written down before, and nothing is written down after.
 */
export async function recordUnowned(
  db: Db,
  id: ObjectKey,
  { folder, ...fate }: Pick<StoredObject, 'sizeBytes' | 'version' | 'reason'> & { folder: string },
): Promise<User | undefined> {
  return inTransaction(db, async (tx) => {
    await lockFolder(tx, folder, 'shared');
    const owner = await findOwnerOfFolder(tx, folder);
    if (owner === undefined) {
      const ownerFolder = foldFolder(folder);
      await recordObject(tx, id, { ...fate, state: 'unowned', assetId: null, ownerId: null, ownerFolder });
    }
    return owner;
  });
}

/**
 * Announces again what was found in the folders of a user while they were nobody's, in the transaction that makes them
 * the user's. The relay paces what is sent, however much it is.
 */
export async function announceUnowned(tx: Db, { id, storageLabel }: Pick<User, 'id' | 'storageLabel'>): Promise<void> {
  const folders = [id, ...(storageLabel === null ? [] : [foldFolder(storageLabel)])];
  for (const folder of folders) {
    await lockFolder(tx, folder, 'exclusive');
    await sql`
      insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
      select encode(sha256(convert_to(${lengthAndValue(['t', 'store', 'key', 'version', 'u'])}, 'UTF8')), 'hex'),
        t, '/darkroom/api', "key",
        jsonb_build_object('store', "store", 'key', "key", 'sizeBytes', coalesce("sizeBytes", 0), 'version', "version"), true
      from (
        select "store", "key", "sizeBytes", coalesce("version", '') as "version",
          'photos.darkroom.object.created.v1'::text as t, ${`owner ${id}`}::text as u
        from stored_object where "state" = 'unowned' and "ownerFolder" = ${folder}
      ) found
      on conflict do nothing`.execute(tx);
  }
}

/**
 * The input of `deterministicId`. The event has an id of its own, not that of the watcher's: one that is under way may
 * have been looked at before there was an owner.
 */
function lengthAndValue(columns: readonly string[]) {
  const parts = columns.map((name) => sql`octet_length(${sql.ref(name)}) || ':' || ${sql.ref(name)} || ';'`);
  return sql.join(parts, sql` || `);
}

async function lockFolder(tx: Db, folder: string, mode: 'shared' | 'exclusive'): Promise<void> {
  const lock = sql.raw(mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock');
  await sql`select ${lock}(hashtextextended(${`owner of ${foldFolder(folder)}`}, 0))`.execute(tx);
}
