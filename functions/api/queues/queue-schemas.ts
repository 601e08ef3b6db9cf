import { z } from 'zod';
import { queueNames } from './stage-queues.ts';

export const queueParams = z.object({ name: z.enum(queueNames) });
