import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { EventType } from '#shared/events/catalogue.ts';
import { objectTypes } from '#shared/events/event-types.ts';
import { insertRows } from '#shared/db/insert-rows.ts';

export interface OutboxEvent {
  id: string;
  type: string;
  source: string;
  subject: string;
  data: unknown;
  traceparent?: string | undefined;
}

/**
 * Writes events in the transaction of the change that they report; the relay sends them after the commit. An event with
 * the id of a waiting one is not written again. Events about objects stay until `ingest` has handled them
 * (`isAcknowledged`): no other row records that work.
 */
export async function writeOutbox(db: Db, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  // Sorted, so that concurrent writers of the same events do not deadlock.
  const ordered = events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = ordered.map(({ id, type, source, subject, data, traceparent = null }) => ({
    id,
    type,
    source,
    subject,
    data,
    traceparent,
    isAcknowledged: objectTypes.includes(type),
  }));
  await insertRows(db, 'outbox', rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * Writes the events returned by a query with the columns `id`, `type`, `source`, `subject`, `data`, `isAcknowledged`,
 * for statements that change many rows. An event with the id of a waiting one is not written again.
 */
export async function copyToOutbox(tx: Db, events: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into outbox ("id", "type", "source", "subject", "data", "isAcknowledged")
    select "id", "type", "source", "subject", "data", "isAcknowledged" from (${events}) event
    on conflict do nothing`.execute(tx);
}

/** SQL: the id that `deterministicId(type, part)` returns, with an expression as part. */
export const eventIdOf = (type: EventType, part: RawBuilder<unknown>): RawBuilder<string> => sql<string>`
  encode(sha256(convert_to(
    ${`${Buffer.byteLength(type)}:${type};`}::text || octet_length(${part}::text) || ':' || ${part} || ';', 'UTF8'
  )), 'hex')`;

/** The column has milliseconds: a time written just now may be rounded up into the future. */
const soon = sql`now() + interval '1 millisecond'`;

type ClaimedEvent = OutboxEvent & { createdAt: Date };

/** Claims up to `limit` due events; unless they are deleted they are due again after `retrySeconds`. */
export async function claimOutbox(db: Db, limit: number, retrySeconds: number): Promise<ClaimedEvent[]> {
  const { rows } = await sql<ClaimedEvent>`
    update outbox set "nextTryAt" = now() + make_interval(secs => ${retrySeconds}), "attempts" = "attempts" + 1
    where "id" in (
      select "id" from outbox where not "isAcknowledged" and "nextTryAt" <= ${soon} order by "nextTryAt" limit ${limit} for update skip locked
    )
    returning "id", "type", "source", "subject", "data", "traceparent", "createdAt"`.execute(db);
  return rows;
}

/**
 * Claims events that need acknowledgement, so that at most `cap` are sent and unacknowledged; those not acknowledged
 * for `retrySeconds` are claimed again.
 */
export async function claimAcknowledged(db: Db, cap: number, retrySeconds: number): Promise<ClaimedEvent[]> {
  const { rows } = await sql<ClaimedEvent>`
    update outbox set "nextTryAt" = now() + make_interval(secs => ${retrySeconds}), "attempts" = "attempts" + 1
    where "id" in (
      select "id" from outbox where "isAcknowledged" and "nextTryAt" <= ${soon} order by "nextTryAt"
      limit (select greatest(0, ${cap} - count(*)) from outbox where "isAcknowledged" and "nextTryAt" > ${soon})
      for update skip locked
    )
    returning "id", "type", "source", "subject", "data", "traceparent", "createdAt"`.execute(db);
  return rows;
}

/** Marks a claimed event as being handled: it is not due for `seconds`. */
export async function holdOutbox(db: Db, id: string, seconds: number): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ nextTryAt: sql`now() + make_interval(secs => ${seconds})` })
    .where('id', '=', id)
    .execute();
}

/** Makes claimed events due again, after they could not be sent. */
export async function releaseOutbox(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await db
      .updateTable('outbox')
      .set({ nextTryAt: sql`now()` })
      .where('id', 'in', [...ids])
      .execute();
}

/**
 * Makes every unacknowledged event due again, at the start of the only process: no receiver is running. Returns how
 * many.
 */
export async function releaseAcknowledged(db: Db): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('outbox')
    .set({ nextTryAt: sql`now()` })
    .where('isAcknowledged', '=', true)
    .where('nextTryAt', '>', sql<Date>`now()`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Deletes events that were sent, or handled by their receiver. */
export async function deleteOutbox(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await db
      .deleteFrom('outbox')
      .where('id', 'in', [...ids])
      .execute();
}

/** Seconds since the oldest waiting event was written; 0 without any. */
export async function readOutboxAge(db: Db): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select coalesce(extract(epoch from now() - min("createdAt")), 0)::float8 as "seconds" from outbox`.execute(db);
  return rows[0]?.seconds ?? 0;
}

export interface OutboxCounts {
  waiting: number;
  /** Sent, and not acknowledged yet. */
  underWay: number;
}

/** Counts the events about objects, and the others, that are to be sent or to be acknowledged. */
export async function countOutbox(db: Db): Promise<{ objects: OutboxCounts; others: OutboxCounts }> {
  const { rows } = await sql<OutboxCounts & { isAcknowledged: boolean }>`
    select "isAcknowledged", count(*) filter (where "nextTryAt" <= now()) as "waiting",
      count(*) filter (where "nextTryAt" > now()) as "underWay"
    from outbox group by 1`.execute(db);
  const of = (isAcknowledged: boolean) => {
    const { waiting = 0, underWay = 0 } = rows.find((row) => row.isAcknowledged === isAcknowledged) ?? {};
    return { waiting, underWay };
  };
  return { objects: of(true), others: of(false) };
}
