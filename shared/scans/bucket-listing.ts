import { sql, type UpdateObject } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { leaseEnd, noLease } from '#shared/db/lease.ts';
import { belongsToUser } from '#shared/users/owner-folder.ts';
import { insertRows } from '#shared/db/insert-rows.ts';
import type { BucketListing, Tables } from '#shared/db/tables.ts';

export interface ListedObject {
  key: string;
  version: string;
  sizeBytes: number;
}

export interface KnownObject {
  key: string;
  /** The version that was last seen. */
  version: string | null;
}

/** Where a bucket's objects stand in `stored_object`. */
export interface ListingScope {
  bucket: string;
  store: string;
  /** Ends with `/`. */
  prefix: string;
}

/** Takes the lease of the listing of a bucket and creates its row; undefined while another process holds it. */
export async function takeListing(
  db: Db,
  { bucket, holder, leaseSeconds }: { bucket: string; holder: string; leaseSeconds: number },
): Promise<BucketListing | undefined> {
  const { rows } = await sql<BucketListing>`
    insert into bucket_listing as l ("bucket", "holder", "leaseUntil")
    values (${bucket}, ${holder}, ${leaseEnd(leaseSeconds)})
    on conflict ("bucket") do update set "holder" = excluded."holder", "leaseUntil" = excluded."leaseUntil"
    where l."leaseUntil" is null or l."leaseUntil" < now()
    returning *`.execute(db);
  return rows[0];
}

/**
 * Begins a listing at the start of the bucket, and forgets what the last one did not find. False if the lease is lost.
 */
export async function beginListing(db: Db, bucket: string, holder: string): Promise<boolean> {
  await db.deleteFrom('bucket_missing').where('bucket', '=', bucket).execute();
  return await updateHeld(db, bucket, holder, { startedAt: sql`now()`, phase: 'listing', cursor: null, objects: 0 });
}

/** Records a page as done, and renews the lease. False if the lease is lost: then nothing of the page may be kept. */
export async function advanceListing(
  db: Db,
  { bucket, holder, leaseSeconds }: { bucket: string; holder: string; leaseSeconds: number },
  page: {
    phase: BucketListing['phase'];
    cursor: string | null;
    objects: number;
    lostCreated: number;
    lostRemoved: number;
  },
): Promise<boolean> {
  return await updateHeld(db, bucket, holder, {
    phase: page.phase,
    cursor: page.cursor,
    objects: sql`"objects" + ${page.objects}::bigint`,
    lostCreated: sql`"lostCreated" + ${page.lostCreated}::bigint`,
    lostRemoved: sql`"lostRemoved" + ${page.lostRemoved}::bigint`,
    leaseUntil: leaseEnd(leaseSeconds),
  });
}

/**
 * Ends a listing. A halted one keeps the reason and what was missing for people to look at; the next one judges anew.
 */
export async function finishListing(
  db: Db,
  bucket: string,
  holder: string,
  haltedReason: string | null,
): Promise<boolean> {
  if (haltedReason === null) await db.deleteFrom('bucket_missing').where('bucket', '=', bucket).execute();
  return await updateHeld(db, bucket, holder, {
    startedAt: null,
    cursor: null,
    phase: 'listing',
    finishedAt: sql`now()`,
    finishedObjects: sql`"objects"`,
    haltedReason,
    haltedAt: haltedReason === null ? null : sql`now()`,
    isConfirmed: false,
  });
}

/** Renews the lease. False if it is lost. */
export async function renewListing(
  db: Db,
  { bucket, holder, leaseSeconds }: { bucket: string; holder: string; leaseSeconds: number },
): Promise<boolean> {
  return await updateHeld(db, bucket, holder, { leaseUntil: leaseEnd(leaseSeconds) });
}

export async function releaseListing(db: Db, bucket: string, holder: string): Promise<void> {
  await updateHeld(db, bucket, holder, noLease);
}

async function updateHeld(
  db: Db,
  bucket: string,
  holder: string,
  changes: UpdateObject<Tables, 'bucket_listing'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('bucket_listing')
    .set(changes)
    .where('bucket', '=', bucket)
    .where('holder', '=', holder)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** A difference between a page of a listing and `stored_object`. */
export interface Difference extends KnownObject {
  /** False for an object that is known and was not in the page. */
  isListed: boolean;
}

/**
 * Compares the objects that were listed with those known between `after` (not counted in) and `upTo` (counted in; the
 * end of the prefix if undefined): new ones, changed ones, ones that are back, and ones that are missing.
 */
export async function compareListed(
  db: Db,
  { store, prefix }: ListingScope,
  range: { after: string; upTo: string | undefined },
  listed: readonly ListedObject[],
): Promise<Difference[]> {
  const end =
    range.upTo === undefined
      ? sql<boolean>`s."key" collate "C" < ${endOf(prefix)}`
      : sql<boolean>`s."key" collate "C" <= ${range.upTo}`;
  const { rows } = await sql<Difference>`
    with page as (
      select * from unnest(
        ${listed.map((it) => it.key)}::text[], ${listed.map((it) => it.version)}::text[], ${listed.map((it) => it.sizeBytes)}::bigint[]
      ) as p("key", "version", "sizeBytes")
    ), known as (
      select s."key", s."version", s."sizeBytes", ${isExpected} as "isExpected", ${isAway} as "isAway"
      from stored_object s left join asset a on a."id" = s."assetId" and s."state" = 'asset'
      where s."store" = ${store} and s."key" collate "C" > ${range.after} and ${end} and s."state" <> 'reserved'
    )
    select coalesce(page."key", known."key") as "key", page."key" is not null as "isListed", known."version"
    from page full join known on known."key" = page."key"
    where known."key" is null
      or (page."key" is null and known."isExpected")
      or (page."key" is not null and (
        known."isAway" or known."version" is distinct from page."version" or known."sizeBytes" is distinct from page."sizeBytes"
      ))`.execute(db);
  return rows;
}

/** False for an object that may be gone: it is offline already, or its row only records that it was deleted. */
const isExpected = sql<boolean>`(
  coalesce(a."status" <> 'deleted' and not a."isOffline", true) and s."code" is distinct from 'deleted-by-owner'
)`;

/** True for an object that is shown again if it is there: offline, in a folder that still belongs to a user. */
const isAway = sql<boolean>`(a."status" <> 'deleted' and a."isOffline" and ${belongsToUser(sql`s."ownerFolder"`)})`;

/** The first key after all that begin with `prefix`. */
const endOf = (prefix: string) => `${prefix.slice(0, -1)}0`;

/** Those of `keys` that are known to be there: not being written, not offline, not deleted. */
export async function listKnownObjects(db: Db, store: string, keys: readonly string[]): Promise<KnownObject[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<KnownObject>`
    select s."key", s."version" from stored_object s left join asset a on a."id" = s."assetId" and s."state" = 'asset'
    where s."store" = ${store} and s."key" = any(${[...keys]}) and s."state" <> 'reserved' and ${isExpected}`.execute(
    db,
  );
  return rows;
}

/** How many objects below the prefix are known to be there. */
export async function countKnownObjects(db: Db, { store, prefix }: ListingScope): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as "count" from stored_object s left join asset a on a."id" = s."assetId" and s."state" = 'asset'
    where s."store" = ${store} and s."key" collate "C" > ${prefix} and s."key" collate "C" < ${endOf(prefix)}
      and s."state" <> 'reserved' and ${isExpected}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Records objects that a listing did not find; they are checked one by one at its end. */
export async function addMissing(db: Db, bucket: string, missing: readonly KnownObject[]): Promise<void> {
  if (missing.length === 0) return;
  const rows = missing.map(({ key, version }) => ({ bucket, key, version }));
  await insertRows(db, 'bucket_missing', rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listMissing(db: Db, bucket: string, after: string, limit: number): Promise<KnownObject[]> {
  return await db
    .selectFrom('bucket_missing')
    .select(['key', 'version'])
    .where('bucket', '=', bucket)
    .where('key', '>', after)
    .orderBy('key')
    .limit(limit)
    .execute();
}

export async function countMissing(db: Db, bucket: string): Promise<number> {
  const { count } = await db
    .selectFrom('bucket_missing')
    .select(sql<number>`count(*)`.as('count'))
    .where('bucket', '=', bucket)
    .executeTakeFirstOrThrow();
  return count;
}

/** Those of `ids` whose event is in the outbox, or is a dead letter that was not redriven. */
export async function listPublishedEvents(db: Db, source: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select "id" from outbox where "id" = any(${[...ids]})
    union
    select "eventId" from dead_letter where "source" = ${source} and "eventId" = any(${[...ids]}) and ("redrivenAt" is null or "outcome" = 'discarded')`.execute(
    db,
  );
  return new Set(rows.map((row) => row.id));
}

/** Records that notifications arrive, at most once a minute, so that concurrent ones do not wait for each other. */
export async function noteNotification(db: Db, bucket: string): Promise<void> {
  await sql`
    insert into bucket_listing as l ("bucket", "notifiedAt") values (${bucket}, now())
    on conflict ("bucket") do update set "notifiedAt" = now()
    where l."notifiedAt" is null or l."notifiedAt" < now() - interval '1 minute'`.execute(db);
}

/** Approves what a halted listing did not find: the next one reports it as removed. False if none is halted. */
export async function approveMissing(db: Db, bucket: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('bucket_listing')
    .set({ isConfirmed: true })
    .where('bucket', '=', bucket)
    .where('haltedReason', 'is not', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The row of a bucket; undefined before its first notification and listing. */
export async function findListing(db: Db, bucket: string): Promise<BucketListing | undefined> {
  return await db.selectFrom('bucket_listing').selectAll().where('bucket', '=', bucket).executeTakeFirst();
}
