import { z } from 'zod';

/** Path parameters of an operation on one object. */
export const idParams = z.object({ id: z.uuid() });

/** As `idParams`, in lower case as in the database, for ids that are compared as text. */
export const lowerCaseIdParams = z.object({ id: z.guid().toLowerCase() });

export const idList = z.array(z.uuid()).max(100_000);

/** A boolean query parameter: the text `true` or `false`. */
export const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const idsBody = z.object({ ids: idList });
