import { eventSources } from '#shared/events/event-sources.ts';
import { eventTypes } from '#shared/events/event-types.ts';
import { sql, type RawBuilder } from 'kysely';
import { copyToOutbox } from '#shared/outbox/outbox.ts';
import { isUuid } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { User } from '#shared/db/tables.ts';

/** The form in which names of folders and storage labels are compared: file systems keep either Unicode form. */
export const foldFolder = (name: string): string => name.normalize('NFC');

/** The folder that says whose a file is, from its path below `library/`, or below a watched folder or bucket: the first one. Null for a file that lies in none. */
export function ownerFolderOf(path: string): string | null {
  const slash = path.indexOf('/');
  return slash < 1 ? null : foldFolder(path.slice(0, slash));
}

/** SQL: a folder of an owner, or null for a place that needs none, is somebody's now. */
export const isSomebodys = (folder: RawBuilder<unknown>) => sql<boolean>`(
  ${folder} is null or exists (
    select from "user" u where u."deletedAt" is null and (u."storageLabel" = ${folder} or u."id"::text = ${folder})
  )
)`;

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

/** Lets nobody else become or cease to be the owner of a folder before the transaction ends. */
export async function holdFolder(tx: Db, folder: string): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtextextended(${lockName(folder)}, 0))`.execute(tx);
}

/**
 * The folders of a user, those of a label that they are about to get included, of which nobody decides whose files they
 * are before the transaction ends. To be called before anything is changed.
 */
export async function takeFolders(tx: Db, userId: string, newLabel: string | null = null): Promise<string[]> {
  await lockFolders(tx, [userId]);
  const user = await tx.selectFrom('user').select('storageLabel').where('id', '=', userId).executeTakeFirst();
  const labels = [user?.storageLabel ?? null, newLabel].filter((it) => it !== null).map(foldFolder);
  await lockFolders(tx, labels);
  return [...new Set([userId, ...labels])];
}

/** In one order, so that those who change the folders of several users never wait for each other crosswise. */
async function lockFolders(tx: Db, folders: readonly string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock("lock") from (
      select distinct hashtextextended("name", 0) as "lock" from unnest(${folders.map(lockName)}::text[]) as n("name") order by 1
    ) ordered`.execute(tx);
}

const lockName = (folder: string): string => `owner of ${foldFolder(folder)}`;

/**
 * Announces again what is known of the files in some folders and is not what it has to be, in the transaction that gave
 * them to somebody or took them away: nobody's files that are somebody's now, those of somebody else, and those that are
 * offline. The relay paces what is sent, however much it is. Each event has an id of its own: one of the watcher that is
 * under way may have been decided about before.
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
