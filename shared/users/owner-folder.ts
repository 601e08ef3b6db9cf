import { eventSources } from '#shared/events/event-sources.ts';
import { eventTypes } from '#shared/events/event-types.ts';
import { sql, type RawBuilder } from 'kysely';
import { copyToOutbox } from '#shared/outbox/outbox.ts';
import { isUuid } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { User } from '#shared/db/tables.ts';

/**
 * Normalizes names of folders and storage labels for comparison: file systems use either Unicode normalization form.
 */
export const foldFolder = (name: string): string => name.normalize('NFC');

/**
 * The owner folder of a path below `library/`, a watched folder or a watched bucket: its first segment. Null for a file
 * outside of a folder.
 */
export function ownerFolderOf(path: string): string | null {
  const slash = path.indexOf('/');
  return slash < 1 ? null : foldFolder(path.slice(0, slash));
}

/** SQL: true if an owner folder belongs to an active user; null stands for a place without owner folders. */
export const belongsToUser = (folder: RawBuilder<unknown>) => sql<boolean>`(
  ${folder} is null or exists (
    select from "user" u where u."deletedAt" is null and (u."storageLabel" = ${folder} or u."id"::text = ${folder})
  )
)`;

/** The owner of `library/<folder>/`: the user with that storage label, else the one with that id. */
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

/** Locks the owner of a folder against changes until the transaction ends. */
export async function holdFolder(tx: Db, folder: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${lockName(folder)}, 0))`.execute(tx);
}

/**
 * Returns the owner folders of a user, including that of a new label, and locks them until the transaction ends against
 * decisions about the owner of their files. Must be called before anything is changed.
 */
export async function takeFolders(tx: Db, userId: string, newLabel: string | null = null): Promise<string[]> {
  await lockFolders(tx, [userId]);
  const user = await tx.selectFrom('user').select('storageLabel').where('id', '=', userId).executeTakeFirst();
  const labels = [user?.storageLabel ?? null, newLabel].filter((it) => it !== null).map(foldFolder);
  await lockFolders(tx, labels);
  return [...new Set([userId, ...labels])];
}

/** Sorted, so that concurrent changes of several users' folders do not deadlock. */
async function lockFolders(tx: Db, folders: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock("lock") from (
      select distinct hashtextextended("name", 0) as "lock" from unnest(${folders.map(lockName)}::text[]) as n("name") order by 1
    ) ordered`.execute(tx);
}

const lockName = (folder: string): string => `owner of ${foldFolder(folder)}`;

/**
 * Announces files in some folders again whose state no longer fits the owner, in the transaction that changed the
 * owner: files without an owner that have one now, those of another owner, and those that are offline. The relay limits
 * the rate of sending. Each event has a new id: an event of the watcher that is being handled may have been decided for
 * the old owner.
 */
export async function announceFolders(tx: Db, folders: readonly string[]): Promise<void> {
  const type = eventTypes.objectCreated;
  for (const folder of folders) {
    const owner = await findOwnerOfFolder(tx, folder);
    const events = sql`
      select gen_random_uuid()::text as "id", ${type}::text as "type", ${eventSources.api}::text as "source", "key" as "subject",
        jsonb_build_object('store', "store", 'key', "key", 'sizeBytes', coalesce("sizeBytes", 0), 'version', "version") as "data",
        true as "isAcknowledged"
      from (
        select o."store", o."key", o."sizeBytes", coalesce(o."version", '') as "version"
        from stored_object o left join asset a on a."id" = o."assetId" and o."state" = 'asset'
        cross join (select ${owner?.id ?? null}::uuid as "id") as owner
        where o."ownerFolder" = ${foldFolder(folder)} and case
          when o."state" = 'unowned' then owner."id" is not null
          when a."isOffline" then owner."id" is not null and a."status" <> 'deleted'
          else o."ownerId" is distinct from owner."id" and o."ownerId" is not null
        end
      ) found`;
    await copyToOutbox(tx, events);
  }
}
