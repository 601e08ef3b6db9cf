import { z } from 'zod';
import type { BodyOf } from '../contract.ts';

export const queueCommandBody = z.object({
  command: z.enum(['start', 'pause', 'resume', 'empty', 'clear-failed']),
  force: z.boolean().exactOptional(),
}) satisfies z.ZodType<BodyOf<'runQueueCommandLegacy'>>;
