import { z } from 'zod';

export const name = z.string().max(1000);

export const description = z.string().max(100_000);

/** Who is added is an editor or a viewer; an owner there already is. */
export const role = z.enum(['editor', 'viewer']);

export const albumUserParams = z.object({ id: z.uuid(), userId: z.union([z.literal('me'), z.uuid()]) });
