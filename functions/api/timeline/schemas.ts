import { z } from 'zod';
import { queryFlag } from '../assets/schemas.ts';
import { parseDate } from '../parse-date.ts';

const filter = {
  albumId: z.uuid().optional(),
  bbox: z.string().max(128).optional(),
  isFavorite: queryFlag.optional(),
  isTrashed: queryFlag.optional(),
  order: z.enum(['asc', 'desc']).optional(),
  orderBy: z.enum(['takenAt', 'createdAt']).optional(),
  personId: z.uuid().optional(),
  tagId: z.uuid().optional(),
  userId: z.uuid().optional(),
  visibility: z.enum(['archive', 'timeline', 'hidden', 'locked']).optional(),
  withCoordinates: queryFlag.optional(),
  withPartners: queryFlag.optional(),
  withStacked: queryFlag.optional(),
};

export const timeBucketsQuery = z.object(filter);

/** Any date of the month; `timeBucket` becomes its first day. */
const month = z.string().transform((text, context) => {
  const date = parseDate(text);
  if (date !== undefined) return `${date.toISOString().slice(0, 7)}-01`;
  context.addIssue({ code: 'custom', message: 'Invalid date' });
  return z.NEVER;
});

export const timeBucketQuery = z.object({ ...filter, timeBucket: month });

export type TimelineQuery = z.output<typeof timeBucketsQuery>;
