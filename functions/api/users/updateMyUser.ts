import { z } from 'zod';
import { hashPassword } from '#shared/auth/passwords.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { saveUser } from './save-user.ts';
import { emailField, userNameField } from '#shared/users/user-fields.ts';
import { avatarColorField, passwordField } from './user-schemas.ts';

const updateMyUserBody = z.object({
  avatarColor: avatarColorField.nullable().exactOptional(),
  email: emailField.exactOptional(),
  name: userNameField.exactOptional(),
  password: passwordField.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateMyUser'>>;

/** Changes the caller's account. The app sends a password when the account requires a new one. */
export const updateMyUser = operation('updateMyUser', {
  method: 'PUT',
  path: '/users/me',
  auth: 'user',
  permission: 'user.update',
  patchAlias: true,
  status: 200,
  body: updateMyUserBody,
  handler: async ({ ports: { db }, auth }, { body: { password, ...changes } }) => {
    const renewed = password ? { password: await hashPassword(password), shouldChangePassword: false } : {};
    return saveUser(db, auth.user.id, { ...changes, ...renewed }, 'Email is not available');
  },
});
