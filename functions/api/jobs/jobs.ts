import {
  clearFailedStages,
  countStages,
  dropPendingStages,
  openMissingStages,
  redriveStages,
} from '#shared/db/queries/stage-queue.ts';
import { setStagePaused } from '#shared/db/queries/stage-pause.ts';
import type { Stage } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import { countsOf, queueNames, stageOfQueue, toStatistics, type QueueName } from '../queues/stage-queues.ts';
import type { RequestContext } from '../route.ts';

type LegacyQueue = ResponseOf<'runQueueCommandLegacy'>;

/** Every queue with true counts. */
export async function getQueuesLegacy({ ports }: RequestContext): Promise<ResponseOf<'getQueuesLegacy'>> {
  const counts = await countStages(ports.db);
  const entries = queueNames.map((name) => {
    const of = countsOf(counts, name);
    return [
      name,
      { jobCounts: toStatistics(of), queueStatus: { isActive: of.active + of.queued > 0, isPaused: of.isPaused } },
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
  if (name === 'backgroundTask' && command === 'pause')
    throw new DarkroomError('input/invalid', 'BackgroundTask cannot be paused');
  if (stage !== undefined) {
    switch (command) {
      case 'start':
        await startStage(context, stage, force);
        break;
      case 'pause':
      case 'resume':
        await setStagePaused(db, stage, command === 'pause');
        break;
      case 'empty':
        await dropPendingStages(db, stage);
        break;
      case 'clear-failed':
        await clearFailedStages(db, stage);
        break;
    }
    relay.kick();
  }
  return (await getQueuesLegacy(context))[name];
}

/** Does a stage again for every asset (`force`), or for those that lack it, failed, or were waiting for what may be there now. */
async function startStage({ ports }: RequestContext, stage: Stage, force: boolean): Promise<void> {
  const counts = (await countStages(ports.db)).get(stage);
  if (counts !== undefined && counts.active + counts.queued > 0)
    throw new DarkroomError('input/invalid', 'Job is already running');
  await openMissingStages(ports.db, stage);
  await redriveStages(ports.db, stage, force ? ['done', 'failed', 'unsupported'] : ['failed', 'unsupported']);
}
