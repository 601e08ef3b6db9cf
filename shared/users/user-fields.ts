import { z } from 'zod';
import { isUuid } from '#shared/ids/ids.ts';

/** In lower case, as it is stored; at most 254 characters (RFC 5321, section 4.5.3.1.3), which an index can hold. */
export const emailField = z.email({ pattern: z.regexes.html5Email }).max(254).toLowerCase();

export const userNameField = z.string().max(1000);

/**
 * The name of a user's folder: dots and characters that are invalid in file names are removed; an empty rest is null.
 */
export const storageLabelField = z
  .string()
  .max(255)
  .transform((text) => text.replaceAll(/[/\\?<>:*|"\p{Cc}.]/gu, '').trim() || null)
  .refine(
    (label) => label === null || !isUuid(label),
    'Must not be a UUID: such a folder belongs to the user with that id',
  )
  .refine((label) => label === null || Buffer.byteLength(label) <= 255, 'Must not be longer than 255 bytes')
  .nullable();

/** Bytes; null is without a limit. */
export const quotaField = z.int().min(0).nullable();
