import { z } from 'zod';
import type { BodyOf } from '../contract.ts';

export const visibility = z.enum(['archive', 'timeline', 'hidden', 'locked']);
/** Booleans of a query: `true` or `false` in words. */
export const queryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const assetParams = z.object({ id: z.uuid() });

const ids = z.array(z.uuid()).max(100_000);
const changes = {
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

const bothOrNeither = (it: { latitude?: number | undefined; longitude?: number | undefined }) =>
  (it.latitude === undefined) === (it.longitude === undefined);
const positionIssue = { message: 'Latitude and longitude must be provided together', path: ['latitude'] };

export const updateAssetBody = z
  .object({ ...changes, livePhotoVideoId: z.uuid().nullable().optional() })
  .refine(bothOrNeither, positionIssue);

export const updateAssetsBody = z
  .object({
    ...changes,
    ids,
    /** Minutes. */
    dateTimeRelative: z.int().optional(),
    duplicateId: z.uuid().nullable().optional(),
    timeZone: z.string().min(1).max(64).optional(),
  })
  .refine(bothOrNeither, positionIssue);

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

export const deleteAssetsBody = z.object({ ids, force: z.boolean().optional() });

export const bulkUploadCheckBody = z.object({
  assets: z.array(z.object({ id: z.string().max(32_768), checksum: z.string().max(64) })).max(100_000),
}) satisfies z.ZodType<BodyOf<'checkBulkUpload'>>;

export const assetJobsBody = z.object({
  assetIds: z.array(z.uuid()).max(100_000),
  name: z.enum(['refresh-faces', 'refresh-metadata', 'regenerate-thumbnail', 'transcode-video']),
}) satisfies z.ZodType<BodyOf<'runAssetJobs'>>;

export const statisticsQuery = z.object({
  isFavorite: queryFlag.optional(),
  isTrashed: queryFlag.optional(),
  visibility: visibility.optional(),
});

/** Edits are not built yet: a picture is the same with and without them. */
const edited = queryFlag.optional();

export const downloadQuery = z.object({ edited });

export const viewQuery = z.object({
  edited,
  size: z.enum(['fullsize', 'original', 'preview', 'thumbnail']).default('thumbnail'),
});
