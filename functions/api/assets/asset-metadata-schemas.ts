import { z } from 'zod';

export const key = z.string().min(1).max(255);

export const itemFields = { key, value: z.record(z.string(), z.json()) };

export const itemsMax = 10_000;

export const keyParams = z.object({ id: z.uuid(), key });
