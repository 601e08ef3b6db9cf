import { z } from 'zod';
import { dropPendingStages } from '#shared/stages/stage-queue.ts';
import { operation } from '../http/operation.ts';
import { clearFailed } from './clear-failed.ts';
import { queueParams } from './queue-schemas.ts';
import { stageOfQueue } from './stage-queues.ts';

const emptyQueueBody = z.object({ failed: z.boolean().optional() });

/**
 * Forgets which photos wait for a stage, and with `failed` also what failed. Assets keep what they have. What watchers
 * saw is never forgotten while it waits: nobody would tell it again.
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
