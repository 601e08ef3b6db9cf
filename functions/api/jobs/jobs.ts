import type { Db } from '#shared/db/db.ts';
import { listLibraries } from '#shared/libraries/library.ts';
import { countStages, dropPendingStages, openMissingStages, redriveStages } from '#shared/stages/stage-queue.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import type { Stage } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { redriveLetters } from '#shared/pipeline/redrive.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import { requestScans } from '../libraries/libraries.ts';
import { clearFailed } from '../queues/queues.ts';
import {
  lettersOfQueue,
  queueNames,
  readCounts,
  stageOfQueue,
  toStatistics,
  type QueueName,
} from '../queues/stage-queues.ts';
import type { RequestContext } from '../route.ts';

type LegacyQueue = ResponseOf<'runQueueCommandLegacy'>;

/** Every queue with true counts. */
export async function getQueuesLegacy({ ports }: RequestContext): Promise<ResponseOf<'getQueuesLegacy'>> {
  const counts = await readCounts(ports.db);
  const entries = queueNames.map((name) => {
    const { active, queued, isPaused } = counts[name];
    return [
      name,
      { jobCounts: toStatistics(counts[name]), queueStatus: { isActive: active + queued > 0, isPaused } },
    ] as const;
  });
  return Object.fromEntries(entries) as ResponseOf<'getQueuesLegacy'>;
}

/** Starts, pauses, resumes or empties a queue. @see runQueueCommandLegacy */
export async function runQueueCommandLegacy(
  context: RequestContext,
  name: QueueName,
  { command, force = false }: BodyOf<'runQueueCommandLegacy'>,
): Promise<LegacyQueue> {
  const { db, relay } = context.ports;
  const stage = stageOfQueue[name];
  switch (command) {
    case 'start':
      await startQueue(context, name, force);
      break;
    case 'pause':
    case 'resume':
      if (stage !== undefined) await setStagePaused(db, stage, command === 'pause');
      break;
    case 'empty':
      if (stage !== undefined) await dropPendingStages(db, stage);
      break;
    case 'clear-failed':
      await clearFailed(context, name);
      break;
  }
  relay.kick();
  return (await getQueuesLegacy(context))[name];
}

/**
 * Sets the dead letters of a queue going again. Then a stage is done for the assets that need it, and the folders of
 * every external library are looked through.
 */
async function startQueue({ ports: { db } }: RequestContext, name: QueueName, force: boolean): Promise<void> {
  const stage = stageOfQueue[name];
  const letters = lettersOfQueue(name);
  const redriven = letters === undefined ? undefined : await redriveLetters(db, letters);
  if (name === 'library')
    await requestScans(
      db,
      (await listLibraries(db)).map(({ id }) => id),
    );
  if (stage === undefined) return;
  const counts = (await countStages(db)).get(stage);
  if (counts === undefined || counts.active + counts.queued === 0) await startStage(db, stage, force);
  else if (redriven?.stages === 0) throw new DarkroomError('input/invalid', 'Job is already running');
}

/** Does a stage again for every asset (`force`), or for those that lack it, failed, or were waiting for what may be there now. */
async function startStage(db: Db, stage: Stage, force: boolean): Promise<void> {
  await openMissingStages(db, stage);
  await redriveStages(db, stage, force ? ['done', 'failed', 'unsupported'] : ['failed', 'unsupported']);
}
