import { z } from 'zod';

/** The path of one thing by its id. */
export const idParams = z.object({ id: z.uuid() });

/** The same in lower case, as the database spells it, where ids are compared as text. */
export const lowerCaseIdParams = z.object({ id: z.guid().toLowerCase() });

/** Many ids at once; more are not chosen by hand. */
export const idList = z.array(z.uuid()).max(100_000);

/** Booleans of a query: `true` or `false` in words. */
export const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const idsBody = z.object({ ids: idList });
