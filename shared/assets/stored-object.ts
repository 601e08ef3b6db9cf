import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { isExpired, leaseEnd, noLease } from '#shared/db/lease.ts';
import type { StoredObject } from '#shared/db/tables.ts';

export interface ObjectKey {
  store: string;
  key: string;
}

/**
 * Records that `holder` is about to write `key`, so that what a crashed process leaves is found without listing the
 * store.
 */
export async function reserveObject(
  db: Db,
  input: ObjectKey & { ownerId: string; assetId: string; holder: string; leaseSeconds: number },
): Promise<void> {
  await db
    .insertInto('stored_object')
    .values({
      store: input.store,
      key: input.key,
      state: 'reserved',
      ownerId: input.ownerId,
      assetId: input.assetId,
      holder: input.holder,
      leaseUntil: leaseEnd(input.leaseSeconds),
      sizeBytes: null,
      version: null,
      reason: null,
    })
    .execute();
}

/** Returns false if the reservation is gone: then the bytes may be deleted at any moment and must not be used. */
export async function renewReservation(db: Db, { store, key }: ObjectKey, leaseSeconds: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('stored_object')
    .set({ leaseUntil: leaseEnd(leaseSeconds) })
    .where('store', '=', store)
    .where('key', '=', key)
    .where('state', '=', 'reserved')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Turns a reservation into the object of an asset. False if the reservation is gone. */
export async function keepReservation(
  db: Db,
  { store, key }: ObjectKey,
  { assetId, sizeBytes }: { assetId: string; sizeBytes: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('stored_object')
    .set({ state: 'asset', assetId, sizeBytes, ...noLease, changedAt: sql`now()` })
    .where('store', '=', store)
    .where('key', '=', key)
    .where('state', '=', 'reserved')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Gives up a reservation: no row can use its bytes any more, no client was told that they are kept, and the next sweep
 * deletes them. False if there is none any more, for example because an asset has the bytes.
 */
export async function abandonReservation(db: Db, { store, key }: ObjectKey): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('stored_object')
    .set({ state: 'refused', reason: 'given up by the request that wrote it', code: 'given-up', changedAt: sql`now()` })
    .where('store', '=', store)
    .where('key', '=', key)
    .where('state', '=', 'reserved')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Claims for removal at most `limit` reservations whose lease has run out (with `onlyHolder`, all of other holders):
 * their writers can no longer keep them.
 */
export async function claimAbandonedReservations(
  db: Db,
  by: { holder: string; leaseSeconds: number; onlyHolder?: string | undefined; limit: number },
): Promise<ObjectKey[]> {
  const isAbandoned =
    by.onlyHolder === undefined ? isExpired : sql<boolean>`"holder" is distinct from ${by.onlyHolder}`;
  const { rows } = await sql<ObjectKey>`
    update stored_object set "state" = 'refused', "reason" = 'abandoned by the process that wrote it', "code" = 'abandoned', "holder" = ${by.holder}, "changedAt" = now()
    where ("store", "key") in (
      select "store", "key" from stored_object where "state" = 'reserved' and ${isAbandoned} limit ${by.limit} for update skip locked
    ) returning "store", "key"`.execute(db);
  return rows;
}

const isClaimed = sql<boolean>`"state" = 'refused' and "code" in ('abandoned', 'given-up')`;

export interface AbandonedObject extends ObjectKey {
  /**
   * Given up by the request that wrote it. Otherwise its process crashed, and a client may have been told that it is
   * kept.
   */
  isGivenUp: boolean;
}

/**
 * Objects of a store that were claimed as abandoned, or given up, and may still have bytes. Those whose last attempt is
 * the oldest come first.
 */
export async function listAbandoned(db: Db, store: string, limit: number): Promise<AbandonedObject[]> {
  return db
    .selectFrom('stored_object')
    .select(['store', 'key', sql<boolean>`"code" = 'given-up'`.as('isGivenUp')])
    .where(isClaimed)
    .where('store', '=', store)
    .orderBy('changedAt')
    .orderBy('key')
    .limit(limit)
    .execute();
}

/** Puts a claimed object that could not be settled now behind all others. */
export async function postponeAbandoned(db: Db, { store, key }: ObjectKey): Promise<void> {
  await db
    .updateTable('stored_object')
    .set({ changedAt: sql`now()` })
    .where(isClaimed)
    .where('store', '=', store)
    .where('key', '=', key)
    .execute();
}

/** Leaves a complete object without an asset where it is, and records why it has none. */
export async function setObjectAside(db: Db, { store, key }: ObjectKey, reason: string): Promise<void> {
  await db
    .updateTable('stored_object')
    .set({ reason: `set aside: ${reason}`, code: null, ...noLease, changedAt: sql`now()` })
    .where(isClaimed)
    .where('store', '=', store)
    .where('key', '=', key)
    .execute();
}

export async function deleteStoredObject(db: Db, { store, key }: ObjectKey): Promise<void> {
  await db.deleteFrom('stored_object').where('store', '=', store).where('key', '=', key).execute();
}

export async function findStoredObject(db: Db, { store, key }: ObjectKey): Promise<StoredObject | undefined> {
  return db
    .selectFrom('stored_object')
    .selectAll()
    .where('store', '=', store)
    .where('key', '=', key)
    .executeTakeFirst();
}

/**
 * For each key, in the order given, a text that changes when the record of the key, or of the asset that has its
 * original there, is written; undefined without a record.
 */
export async function listRevisions(db: Db, keys: readonly ObjectKey[]): Promise<(string | undefined)[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ revision: string | null }>`
    select o."xmin"::text || ':' || coalesce(a."xmin"::text, '') as "revision"
    from unnest(${keys.map((it) => it.store)}::text[], ${keys.map((it) => it.key)}::text[]) with ordinality as k("store", "key", "n")
    left join stored_object o on o."store" = k."store" and o."key" = k."key"
    left join asset a on a."id" = o."assetId" and o."state" = 'asset'
    order by k."n"`.execute(db);
  return rows.map((row) => row.revision ?? undefined);
}

type Fate = Pick<StoredObject, 'state' | 'assetId' | 'ownerId' | 'sizeBytes' | 'version' | 'reason'> & {
  /** The owner folder; null if the key is in none. */
  ownerFolder?: string | null;
};

/** Records what became of a key that a watcher saw. */
export async function recordObject(
  db: Db,
  { store, key }: ObjectKey,
  { ownerFolder = null, ...rest }: Fate,
): Promise<void> {
  const facts = { ...rest, code: null, ownerFolder };
  await db
    .insertInto('stored_object')
    .values({ store, key, ...facts, ...noLease })
    .onConflict((conflict) => conflict.columns(['store', 'key']).doUpdateSet({ ...facts, changedAt: sql`now()` }))
    .execute();
}

/** Keys that hold the bytes of an asset once more, the oldest first. */
export async function listDuplicatesOf(db: Db, assetId: string): Promise<StoredObject[]> {
  return db
    .selectFrom('stored_object')
    .selectAll()
    .where('assetId', '=', assetId)
    .where('state', '=', 'duplicate')
    .orderBy('createdAt')
    .orderBy('key')
    .execute();
}

/**
 * Marks files in folders of a removed owner that are no asset of theirs as unowned: another user may get the folder.
 */
export async function disownObjects(tx: Db, ownerId: string): Promise<void> {
  await tx
    .updateTable('stored_object')
    .set({
      state: 'unowned',
      ownerId: null,
      assetId: null,
      reason: 'its owner was removed',
      code: null,
      changedAt: sql`now()`,
    })
    .where('ownerId', '=', ownerId)
    .where('state', 'in', ['refused', 'duplicate'])
    .where('ownerFolder', 'is not', null)
    .execute();
}
