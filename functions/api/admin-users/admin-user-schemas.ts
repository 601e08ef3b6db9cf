import { z } from 'zod';
import { isUuid } from '#shared/ids/ids.ts';
import type { BodyOf } from '../http/contract.ts';
import { avatarColorField, emailField, passwordField, pinCodeField, userNameField } from '../users/user-schemas.ts';

const pinCode = z.union([pinCodeField, z.literal('').transform(() => null), z.null()]).exactOptional();

/** A folder name: what no file system takes in one, and dots, are left out; nothing left is no label. */
const storageLabel = z
  .string()
  .max(255)
  .transform((text) => text.replaceAll(/[/\\?<>:*|"\p{Cc}.]/gu, '').trim() || null)
  .refine((label) => label === null || !isUuid(label), 'Must not be an id, which is the label of who has none')
  .refine((label) => label === null || Buffer.byteLength(label) <= 255, 'Must not be longer than 255 bytes')
  .nullable()
  .exactOptional();

export const userFields = {
  avatarColor: avatarColorField.nullable().exactOptional(),
  isAdmin: z.boolean().exactOptional(),
  pinCode,
  quotaSizeInBytes: z.int().min(0).nullable().exactOptional(),
  shouldChangePassword: z.boolean().exactOptional(),
  storageLabel,
};

export const createUserBody = z.object({
  ...userFields,
  email: emailField,
  name: userNameField,
  notify: z.boolean().exactOptional(),
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'createUserAdmin'>>;
