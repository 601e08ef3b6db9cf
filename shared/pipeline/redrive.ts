import { objectTypes } from '#shared/events/event-types.ts';
import type { Db } from '#shared/db/db.ts';
import {
  claimDeadLetters,
  closeDeadLetters,
  listDeadLetters,
  type LetterFilter,
  type OpenLetter,
} from '#shared/outbox/dead-letter.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { redriveStages, reopenStages } from '#shared/stages/stage-queue.ts';
import { wakeTypeOf } from '#shared/stages/stage-graph.ts';
import { stages, type Stage } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { catalogue, pingType, type EventType } from '#shared/events/catalogue.ts';
import { stageOfEvent } from './stage-events.ts';

/** Numbers of letters by what was done with them. */
export interface Redriven {
  /** The stage is pending again. */
  stages: number;
  /** The event is in the outbox again. */
  events: number;
  /** Closed only: the work is done or in progress, or its asset is gone. */
  settled: number;
  /** Not an event of the catalogue: stays open until an administrator discards it. */
  unparsable: number;
}

const batchSize = 200;

/**
 * Repeats the work of open letters: a stage becomes pending with no attempts counted, any other event goes back into
 * the outbox; the relay does the rest. One transaction for each 200 letters. Idempotent.
 */
export async function redriveLetters(db: Db, filter: LetterFilter = {}): Promise<Redriven> {
  const total: Redriven = { stages: 0, events: 0, settled: 0, unparsable: 0 };
  let letters: OpenLetter[] = [];
  do {
    const afterId = letters.at(-1)?.id;
    const batch = await inTransaction(db, async (tx) => {
      const claimed = await claimDeadLetters(tx, filter, { afterId, limit: batchSize });
      return { claimed, done: await redriveBatch(tx, claimed) };
    });
    letters = batch.claimed;
    for (const key of ['stages', 'events', 'settled', 'unparsable'] as const) total[key] += batch.done[key];
  } while (letters.length === batchSize);
  return total;
}

async function redriveBatch(tx: Db, letters: readonly OpenLetter[]): Promise<Redriven> {
  const wakes = letters.flatMap((letter) => stageOfLetter(letter) ?? []);
  const facts = letters.filter((it) => stageOfType(it) === undefined && it.eventType !== pingType);
  const sendable = facts.filter(isOfCatalogue);

  const isReopened = new Set((await reopenStages(tx, wakes)).map((it) => `${it.assetId} ${it.stage}`));
  await writeOutbox(tx, sendable.map(toOutbox));

  const reopened = wakes.filter((it) => isReopened.has(`${it.assetId} ${it.stage}`)).map((it) => it.letterId);
  const sent = sendable.map((it) => it.id);
  const left = new Set([...reopened, ...facts.map((it) => it.id)]);
  const settled = letters.map((it) => it.id).filter((id) => !left.has(id));
  await closeDeadLetters(tx, [...reopened, ...sent], 'redriven');
  await closeDeadLetters(tx, settled, 'settled');
  return {
    stages: reopened.length,
    events: sent.length,
    settled: settled.length,
    unparsable: facts.length - sendable.length,
  };
}

const stageOfType = ({ eventType, assetType }: OpenLetter) =>
  stageOfEvent(eventType, assetType === 'VIDEO' ? 'video' : 'image');

/** undefined for an event that wakes no stage, and for one whose asset does not exist. */
function stageOfLetter(letter: OpenLetter): { letterId: string; assetId: string; stage: Stage } | undefined {
  const stage = letter.assetType === null ? undefined : stageOfType(letter);
  return stage && { letterId: letter.id, assetId: letter.subject, stage };
}

/** False if the letter is not an event of the catalogue: sending it again cannot help. */
export function canRedrive(letter: OpenLetter): boolean {
  return stageOfType(letter) !== undefined || letter.eventType === pingType || isOfCatalogue(letter);
}

/** The ids of the oldest 10,000 letters that cannot be redriven. */
export async function listUnparsable(db: Db): Promise<string[]> {
  const exceptTypes = [pingType, ...stages.map(wakeTypeOf)];
  const letters = await listDeadLetters(db, 10_000, { exceptTypes });
  return letters.filter((letter) => !canRedrive(letter)).map((letter) => letter.id);
}

function isOfCatalogue({ eventType, data }: OpenLetter): boolean {
  return eventType in catalogue && catalogue[eventType as EventType].data.safeParse(data).success;
}

function toOutbox({ eventId, eventType, source, subject, data }: OpenLetter) {
  return { id: eventId, type: eventType, source, subject, data };
}

/** Makes the failed rows of one stage, or of all, pending again with no attempts counted. Returns how many. */
export async function redriveFailed(db: Db, only?: Stage): Promise<number> {
  let count = 0;
  for (const stage of only === undefined ? stages : [only]) count += await redriveStages(db, stage, ['failed']);
  return count;
}

/** The letters of events that wake `stage`. */
export function lettersOfStage(stage: Stage): LetterFilter {
  const type = wakeTypeOf(stage);
  const isShared = stages.some((it) => it !== stage && wakeTypeOf(it) === type);
  return { types: [type], ...(isShared ? { isVideo: stage === 'transcode' } : {}) };
}

/** The letters of events about files and objects. */
export const lettersOfObjects: LetterFilter = { types: objectTypes };

/** The letters of events that wake no stage and are not about an object. */
export const otherLetters: LetterFilter = {
  exceptTypes: [...objectTypes, ...stages.map(wakeTypeOf)],
};
