import { posix, win32 } from 'node:path';
import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import { parseDate } from '../http/parse-date.ts';

const date = z.string().transform((text, context) => {
  const parsed = parseDate(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'Invalid ISO date' });
  return z.NEVER;
});

const metadataItems = z
  .array(z.object({ key: z.string().min(1).max(256), value: z.record(z.string(), z.unknown()) }))
  .max(64)
  .refine((items) => new Set(items.map((it) => it.key)).size === items.length, 'Duplicate items are not allowed');

/** The text fields of an upload; unknown fields are ignored. @see uploadAsset */
const uploadFields = z.object({
  fileCreatedAt: date,
  fileModifiedAt: date,
  duration: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  fileName: z.string().min(1).max(1024),
  isFavorite: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  visibility: z.enum(['archive', 'timeline', 'hidden', 'locked']).default('timeline'),
  livePhotoVideoId: z.uuid().optional(),
  metadata: z.string().default('[]').transform(parseJson).pipe(metadataItems),
});

export type UploadFields = z.output<typeof uploadFields>;

/** Parses the fields of an upload; `filename` takes precedence over the name of the file part. @throws ZodError */
export function parseUploadFields(texts: ReadonlyMap<string, string>, partName: string): UploadFields {
  if ([partName, ...[...texts].flat()].some((text) => text.includes('\0'))) {
    throw new DarkroomError('input/invalid', 'A text has a NUL character');
  }
  const given = Object.fromEntries([...texts].filter(([, value]) => value !== ''));
  return uploadFields.parse({ ...given, fileName: lastSegment(texts.get('filename') || partName) });
}

/** Removes folders of POSIX and Windows paths. */
const lastSegment = (name: string) => posix.basename(win32.basename(name));

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'Not JSON' });
    return z.NEVER;
  }
}
