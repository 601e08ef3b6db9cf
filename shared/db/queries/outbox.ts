import { sql } from 'kysely';
import type { Db } from '../db.ts';

export interface OutboxEvent {
  id: string;
  type: string;
  source: string;
  subject: string;
  data: unknown;
  traceparent?: string | undefined;
}

/**
 * Writes events into the transaction of the fact that they tell; the relay sends them after the commit. An event that
 * waits already is not written again.
 */
export async function writeOutbox(db: Db, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  // In one order, so that many who write the same ones never wait for each other crosswise.
  const ordered = events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  await db
    .insertInto('outbox')
    .values(
      ordered.map((event) => ({ ...event, data: JSON.stringify(event.data), traceparent: event.traceparent ?? null })),
    )
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Claims up to `limit` events that are due; another relay sees them again after `retrySeconds` unless they are deleted. */
export async function claimOutbox(
  db: Db,
  limit: number,
  retrySeconds: number,
): Promise<(OutboxEvent & { createdAt: Date })[]> {
  const { rows } = await sql<OutboxEvent & { createdAt: Date }>`
    update outbox set "nextTryAt" = now() + make_interval(secs => ${retrySeconds})
    where "id" in (select "id" from outbox where "nextTryAt" <= now() order by "nextTryAt" limit ${limit} for update skip locked)
    returning "id", "type", "source", "subject", "data", "traceparent", "createdAt"`.execute(db);
  return rows;
}

export async function deleteOutbox(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await db
      .deleteFrom('outbox')
      .where('id', 'in', [...ids])
      .execute();
}
