import { z } from 'zod';
import { queueNames } from './stage-queues.ts';

export const queueParams = z.object({ name: z.enum(queueNames) });
export const updateQueueBody = z.object({ isPaused: z.boolean().optional() });
export const emptyQueueBody = z.object({ failed: z.boolean().optional() });

const status = z.enum(['active', 'failed', 'completed', 'delayed', 'waiting', 'paused']);
export const queueJobsQuery = z.object({
  status: z.union([status.transform((it) => [it]), z.array(status)]).default([]),
});
