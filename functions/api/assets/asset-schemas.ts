import { z } from 'zod';
import { queryFlag } from '../http/fields.ts';

export const visibility = z.enum(['archive', 'timeline', 'hidden', 'locked']);

export const changes = {
  dateTimeOriginal: z.string().max(64).optional(),
  description: z.string().max(100_000).optional(),
  isFavorite: z.boolean().optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  /** -1 is rejected, null is unrated. */
  rating: z
    .int()
    .min(-1)
    .max(5)
    .refine((it) => it !== 0, 'Rating must be -1 or 1 to 5')
    .nullable()
    .optional(),
  visibility: visibility.optional(),
};

export const bothOrNeither = (it: { latitude?: number | undefined; longitude?: number | undefined }) =>
  (it.latitude === undefined) === (it.longitude === undefined);

export const positionIssue = { message: 'Latitude and longitude must be provided together', path: ['latitude'] };

export interface AssetChanges {
  dateTimeOriginal?: string | undefined;
  dateTimeRelative?: number | undefined;
  description?: string | undefined;
  isFavorite?: boolean | undefined;
  latitude?: number | undefined;
  longitude?: number | undefined;
  rating?: number | null | undefined;
  visibility?: z.output<typeof visibility> | undefined;
  livePhotoVideoId?: string | null | undefined;
  duplicateId?: string | null | undefined;
  timeZone?: string | undefined;
}

/** Ignored: edits of pictures are not implemented yet. */
export const edited = queryFlag.optional();
