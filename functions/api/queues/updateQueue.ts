import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { operation } from '../http/operation.ts';
import { readQueue } from './read-queues.ts';
import { queueParams } from './queue-schemas.ts';
import { stageOfQueue } from './stage-queues.ts';

const updateQueueBody = z.object({ isPaused: z.boolean().optional() });

/** Pausing a queue keeps its rows waiting; resuming announces them. */
export const updateQueue = operation('updateQueue', {
  method: 'PUT',
  path: '/queues/:name',
  auth: 'admin',
  permission: 'queue.update',
  status: 200,
  params: queueParams,
  body: updateQueueBody,
  handler: async (context, { params: { name }, body: { isPaused } }) => {
    const stage = stageOfQueue[name];
    if (name === 'backgroundTask' && isPaused === true)
      throw new DarkroomError('input/invalid', 'The background task queue cannot be paused');
    if (stage !== undefined && isPaused !== undefined) {
      await setStagePaused(context.ports.db, stage, isPaused);
      if (!isPaused) context.ports.relay.kick();
    }
    return readQueue(context.ports.db, name);
  },
});
