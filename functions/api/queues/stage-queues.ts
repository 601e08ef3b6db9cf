import type { Db } from '#shared/db/db.ts';
import { countDeadLetters, type LetterFilter } from '#shared/outbox/dead-letter.ts';
import { countLibraryScans } from '#shared/libraries/library.ts';
import { countOutbox, type OutboxCounts } from '#shared/outbox/outbox.ts';
import { countStages, type StageCounts } from '#shared/stages/stage-queue.ts';
import type { Stage } from '#shared/db/tables.ts';
import { lettersOfObjects, lettersOfStage, otherLetters } from '#shared/pipeline/redrive.ts';
import type { ResponseOf } from '../http/contract.ts';

export type QueueName = ResponseOf<'getQueue'>['name'];
export type QueueStatistics = ResponseOf<'getQueue'>['statistics'];

/** Every queue of the contract with its stage; the others have none. */
export const stageOfQueue = {
  thumbnailGeneration: 'thumbnail',
  metadataExtraction: 'metadata',
  videoConversion: 'transcode',
  faceDetection: 'faces',
  facialRecognition: 'people',
  smartSearch: undefined,
  duplicateDetection: undefined,
  backgroundTask: undefined,
  storageTemplateMigration: undefined,
  migration: undefined,
  search: undefined,
  sidecar: undefined,
  library: undefined,
  notifications: undefined,
  backupDatabase: undefined,
  ocr: undefined,
  workflow: undefined,
  integrityCheck: undefined,
  editor: undefined,
} as const satisfies Record<QueueName, Stage | undefined>;

export const queueNames = Object.keys(stageOfQueue) as [QueueName, ...QueueName[]];

/** The dead letters that a queue lists and redrives: those of its stage, those of watchers, or all others. */
export function lettersOfQueue(name: QueueName): LetterFilter | undefined {
  const stage = stageOfQueue[name];
  if (stage !== undefined) return lettersOfStage(stage);
  if (name === 'library') return lettersOfObjects;
  return name === 'backgroundTask' ? otherLetters : undefined;
}

const nothing: StageCounts = { pending: 0, queued: 0, active: 0, failed: 0, unsupported: 0, isPaused: false };

/**
 * Counts the entries of each queue by state. Dead letters of a stage are not counted, since its rows are still queued; the
 * failures of `library` and `backgroundTask` are dead letters.
 */
export async function readCounts(db: Db): Promise<Record<QueueName, StageCounts>> {
  const [ofStages, outbox, letters] = [await countStages(db), await countOutbox(db), await countDeadLetters(db)];
  const scans = await countLibraryScans(db);
  const ofFacts = ({ waiting, underWay }: OutboxCounts, filter: LetterFilter) => ({
    ...nothing,
    pending: waiting,
    active: underWay,
    failed: sumOf(letters, filter),
  });
  const countsOf = (name: QueueName) => {
    const stage = stageOfQueue[name];
    if (stage !== undefined) return ofStages.get(stage) ?? nothing;
    if (name === 'library') {
      const { waiting, underWay } = outbox.objects;
      return ofFacts({ waiting: waiting + scans.waiting, underWay: underWay + scans.active }, lettersOfObjects);
    }
    return name === 'backgroundTask' ? ofFacts(outbox.others, otherLetters) : nothing;
  };
  return Object.fromEntries(queueNames.map((name) => [name, countsOf(name)])) as Record<QueueName, StageCounts>;
}

function sumOf(letters: ReadonlyMap<string, number>, { types, exceptTypes }: LetterFilter): number {
  let sum = 0;
  for (const [type, count] of letters) {
    if ((types?.includes(type) ?? true) && exceptTypes?.includes(type) !== true) sum += count;
  }
  return sum;
}

/** Waiting entries of a paused queue are `paused`, finished ones are not counted (as upstream), unsupported ones are `delayed`. */
export function toStatistics({ pending, queued, active, failed, unsupported, isPaused }: StageCounts): QueueStatistics {
  const waiting = pending + queued;
  return {
    active,
    failed,
    delayed: unsupported,
    completed: 0,
    waiting: isPaused ? 0 : waiting,
    paused: isPaused ? waiting : 0,
  };
}
