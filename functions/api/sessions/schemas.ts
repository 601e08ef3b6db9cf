import { z } from 'zod';
import type { BodyOf } from '../contract.ts';

const centurySeconds = 100 * 365 * 24 * 60 * 60;

export const createSessionBody = z.object({
  deviceOS: z.string().max(200).exactOptional(),
  deviceType: z.string().max(200).exactOptional(),
  /** Seconds; a date must be able to hold the end. */
  duration: z.int().min(1).max(centurySeconds).exactOptional(),
}) satisfies z.ZodType<BodyOf<'createSession'>>;

export const updateSessionBody = z.object({
  isPendingSyncReset: z.boolean().exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateSession'>>;
