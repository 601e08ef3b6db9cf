import { sql } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '../db.ts';
import type { DeadLetter } from '../tables.ts';

/** Keeps an event that no retry could deliver. The same event for the same function is kept once. */
export async function keepDeadLetter(
  db: Db,
  letter: Pick<DeadLetter, 'eventId' | 'eventType' | 'source' | 'subject' | 'destination' | 'errorCode' | 'reason'> & {
    data: unknown;
  },
): Promise<void> {
  await db
    .insertInto('dead_letter')
    .values({ ...letter, id: newId(), data: JSON.stringify(letter.data), redrivenAt: null })
    .onConflict((conflict) =>
      conflict
        .expression(sql`"source", "eventId", coalesce("destination", '')`)
        .where('redrivenAt', 'is', null)
        .doUpdateSet({ errorCode: letter.errorCode, reason: letter.reason, receivedAt: sql`now()` }),
    )
    .execute();
}

/** Letters that were not redriven yet, oldest first. */
export async function listDeadLetters(db: Db, limit: number): Promise<DeadLetter[]> {
  return db
    .selectFrom('dead_letter')
    .selectAll()
    .where('redrivenAt', 'is', null)
    .orderBy('receivedAt')
    .limit(limit)
    .execute();
}

export async function markRedriven(db: Db, id: string): Promise<void> {
  await db
    .updateTable('dead_letter')
    .set({ redrivenAt: sql`now()` })
    .where('id', '=', id)
    .execute();
}
