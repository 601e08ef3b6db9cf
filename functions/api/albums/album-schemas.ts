import { z } from 'zod';

export const name = z.string().max(1000);

export const description = z.string().max(100_000);

/** The role of an added user; an album has exactly one owner. */
export const role = z.enum(['editor', 'viewer']);

export const albumUserParams = z.object({ id: z.uuid(), userId: z.union([z.literal('me'), z.uuid()]) });
