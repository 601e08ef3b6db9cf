import { z } from 'zod';
import { dropPendingStages } from '#shared/stages/stage-queue.ts';
import { operation } from '../http/operation.ts';
import { clearFailed } from './clear-failed.ts';
import { queueParams } from './queue-schemas.ts';
import { stageOfQueue } from './stage-queues.ts';

const emptyQueueBody = z.object({ failed: z.boolean().optional() });

/**
 * Removes what waits for a stage, and with `failed` also what failed. Assets keep the results of earlier stages. Waiting
 * events of watchers are never removed, because they would not be sent again.
 */
export const emptyQueue = operation('emptyQueue', {
  method: 'DELETE',
  path: '/queues/:name/jobs',
  auth: 'admin',
  permission: 'queueJob.delete',
  status: 204,
  params: queueParams,
  body: emptyQueueBody,
  handler: async (context, { params: { name }, body: { failed = false } }) => {
    const stage = stageOfQueue[name];
    if (stage !== undefined) await dropPendingStages(context.ports.db, stage);
    if (failed) await clearFailed(context, name);
  },
});
