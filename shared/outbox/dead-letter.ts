import { sql } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { AssetType, DeadLetter, LetterOutcome } from '#shared/db/tables.ts';

/** Keeps an event that no retry could deliver. The same event for the same function is kept once. */
export async function keepDeadLetter(
  db: Db,
  letter: Pick<DeadLetter, 'eventId' | 'eventType' | 'source' | 'subject' | 'destination' | 'errorCode' | 'reason'> & {
    data: unknown;
  },
): Promise<void> {
  await db
    .insertInto('dead_letter')
    .values({ ...letter, id: newId(), data: JSON.stringify(letter.data), redrivenAt: null, outcome: null, note: null })
    .onConflict((conflict) =>
      conflict
        .expression(sql`"source", "eventId", coalesce("destination", '')`)
        .where('redrivenAt', 'is', null)
        .doUpdateSet({ errorCode: letter.errorCode, reason: letter.reason, receivedAt: sql`now()` }),
    )
    .execute();
}

/** Selects open letters; each field narrows the selection, without fields it is all. */
export interface LetterFilter {
  ids?: readonly string[] | undefined;
  types?: readonly string[] | undefined;
  exceptTypes?: readonly string[] | undefined;
  /** True for events about videos, false for all others. */
  isVideo?: boolean | undefined;
}

/** A letter with the type of its asset; null if it has none or the asset no longer exists. */
export type OpenLetter = DeadLetter & { assetType: AssetType | null };

/** Open letters, oldest first. */
export async function listDeadLetters(db: Db, limit: number, filter: LetterFilter = {}): Promise<OpenLetter[]> {
  return selectOpen(db, filter)
    .selectAll('dead_letter')
    .select('asset.type as assetType')
    .orderBy('receivedAt')
    .orderBy('dead_letter.id')
    .limit(limit)
    .execute();
}

/**
 * Locks open letters with ids after `afterId`, in the order of ids, until the transaction ends. Letters locked by
 * others are skipped.
 */
export async function claimDeadLetters(
  tx: Db,
  filter: LetterFilter,
  { afterId, limit }: { afterId?: string | undefined; limit: number },
): Promise<OpenLetter[]> {
  let query = selectOpen(tx, filter).selectAll('dead_letter').select('asset.type as assetType');
  if (afterId !== undefined) query = query.where('dead_letter.id', '>', afterId);
  return query.orderBy('dead_letter.id').limit(limit).forUpdate('dead_letter').skipLocked().execute();
}

/** Closes open letters. A closed one keeps its outcome. */
export async function closeDeadLetters(db: Db, ids: readonly string[], outcome: LetterOutcome): Promise<void> {
  await db
    .updateTable('dead_letter')
    .set({ redrivenAt: sql`now()`, outcome })
    .where('id', 'in', [...ids])
    .where('redrivenAt', 'is', null)
    .execute();
}

/** Discards open letters; `note` is the reason. Returns how many. */
export async function discardDeadLetters(db: Db, filter: LetterFilter, note: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('dead_letter')
    .set({ redrivenAt: sql`now()`, outcome: 'discarded', note })
    .where('redrivenAt', 'is', null)
    .where('id', 'in', selectOpen(db.withoutPlugins(), filter).select('dead_letter.id'))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** How many letters are open, by type of event. */
export async function countDeadLetters(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('dead_letter')
    .select((eb) => ['eventType', eb.fn.countAll<number>().as('count')])
    .where('redrivenAt', 'is', null)
    .groupBy('eventType')
    .execute();
  return new Map(rows.map((row) => [row.eventType, row.count]));
}

function selectOpen(db: Db, { ids, types, exceptTypes, isVideo }: LetterFilter) {
  let query = db
    .selectFrom('dead_letter')
    .leftJoin('asset', (join) => join.on('asset.id', '=', subjectId).on('asset.status', '<>', 'deleted'))
    .where('redrivenAt', 'is', null);
  if (ids !== undefined) query = query.where('dead_letter.id', 'in', [...ids]);
  if (types !== undefined) query = query.where('eventType', 'in', [...types]);
  if (exceptTypes !== undefined) query = query.where('eventType', 'not in', [...exceptTypes]);
  if (isVideo !== undefined)
    query = query.where(sql<boolean>`(asset."type" is not distinct from 'VIDEO')`, '=', isVideo);
  return query;
}

const subjectId = sql<string>`case when "subject" ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then "subject"::uuid end`;
