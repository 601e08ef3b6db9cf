import { z } from 'zod';
import type { Db } from '#shared/db/db.ts';
import type { Stage } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { listLibraries } from '#shared/libraries/library.ts';
import { redriveLetters } from '#shared/pipeline/redrive.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { countStages, dropPendingStages, openMissingStages, redriveStages } from '#shared/stages/stage-queue.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation, type RequestContext } from '../http/operation.ts';
import { requestScans } from '../libraries/request-scans.ts';
import { clearFailed } from '../queues/clear-failed.ts';
import { queueParams } from '../queues/queue-schemas.ts';
import { lettersOfQueue, type QueueName, stageOfQueue } from '../queues/stage-queues.ts';
import { readLegacyQueues } from './legacy-queues.ts';

const queueCommandBody = z.object({
  command: z.enum(['start', 'pause', 'resume', 'empty', 'clear-failed']),
  force: z.boolean().exactOptional(),
}) satisfies z.ZodType<BodyOf<'runQueueCommandLegacy'>>;

/** Starts, pauses, resumes or empties a queue. */
export const runQueueCommandLegacy = operation('runQueueCommandLegacy', {
  method: 'PUT',
  path: '/jobs/:name',
  auth: 'admin',
  permission: 'job.create',
  status: 200,
  params: queueParams,
  body: queueCommandBody,
  handler: async (context, { params: { name }, body: { command, force = false } }) => {
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
    return (await readLegacyQueues(db))[name];
  },
});

/**
 * Redrives the dead letters of a queue. Then it starts the stage for the assets that need it, or the scans of all external
 * libraries.
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

/** Runs a stage for every asset (`force`), or for those that lack it, failed, or were unsupported before. */
async function startStage(db: Db, stage: Stage, force: boolean): Promise<void> {
  await openMissingStages(db, stage);
  await redriveStages(db, stage, force ? ['done', 'failed', 'unsupported'] : ['failed', 'unsupported']);
}
