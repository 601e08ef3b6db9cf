import { z } from 'zod';
import { queryFlag } from '../http/fields.ts';

export const timelineFields = {
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

export const timeBucketsQuery = z.object(timelineFields);

export type TimelineQuery = z.output<typeof timeBucketsQuery>;
