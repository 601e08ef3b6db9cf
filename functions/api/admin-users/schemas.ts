import { z } from 'zod';
import { isUuid } from '#shared/ids/ids.ts';
import type { BodyOf, QueryOf } from '../contract.ts';
import { avatarColorField, emailField, passwordField, pinCodeField, userNameField } from '../users/schemas.ts';

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

const optional = {
  avatarColor: avatarColorField.nullable().exactOptional(),
  isAdmin: z.boolean().exactOptional(),
  pinCode,
  quotaSizeInBytes: z.int().min(0).nullable().exactOptional(),
  shouldChangePassword: z.boolean().exactOptional(),
  storageLabel,
};

export const createUserBody = z.object({
  ...optional,
  email: emailField,
  name: userNameField,
  notify: z.boolean().exactOptional(),
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'createUserAdmin'>>;

export const updateUserBody = z.object({
  ...optional,
  email: emailField.exactOptional(),
  name: userNameField.exactOptional(),
  password: passwordField.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateUserAdmin'>>;

export const deleteUserBody = z.object({ force: z.boolean().exactOptional() }) satisfies z.ZodType<
  BodyOf<'deleteUserAdmin'>
>;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const searchUsersQuery = z.object({
  id: z.guid().toLowerCase().exactOptional(),
  withDeleted: flag.exactOptional(),
}) satisfies z.ZodType<QueryOf<'searchUsersAdmin'>>;

export const userStatisticsQuery = z.object({
  isFavorite: flag.exactOptional(),
  isTrashed: flag.exactOptional(),
  visibility: z.enum(['archive', 'timeline', 'hidden', 'locked']).exactOptional(),
}) satisfies z.ZodType<QueryOf<'getUserStatisticsAdmin', 'id'>>;
