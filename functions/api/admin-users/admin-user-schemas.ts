import { z } from 'zod';
import { quotaField, storageLabelField } from '#shared/users/user-fields.ts';
import { avatarColorField, pinCodeField } from '../users/user-schemas.ts';

const pinCode = z.union([pinCodeField, z.literal('').transform(() => null), z.null()]).exactOptional();

export const userFields = {
  avatarColor: avatarColorField.nullable().exactOptional(),
  isAdmin: z.boolean().exactOptional(),
  pinCode,
  quotaSizeInBytes: quotaField.exactOptional(),
  shouldChangePassword: z.boolean().exactOptional(),
  storageLabel: storageLabelField.exactOptional(),
};
