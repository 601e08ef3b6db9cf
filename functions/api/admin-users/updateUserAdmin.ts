import { z } from 'zod';
import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { saveUser } from '../users/save-user.ts';
import { emailField, userNameField } from '#shared/users/user-fields.ts';
import { passwordField } from '../users/user-schemas.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { userFields } from './admin-user-schemas.ts';

const updateUserBody = z.object({
  ...userFields,
  email: emailField.exactOptional(),
  name: userNameField.exactOptional(),
  password: passwordField.exactOptional(),
}) satisfies z.ZodType<BodyOf<'updateUserAdmin'>>;

/** Changes a user. Administrators cannot change their own role, so at least one remains. */
export const updateUserAdmin = operation('updateUserAdmin', {
  method: 'PUT',
  path: '/admin/users/:id',
  auth: 'admin',
  permission: 'adminUser.update',
  patchAlias: true,
  status: 200,
  params: lowerCaseIdParams,
  body: updateUserBody,
  handler: async ({ ports: { db, relay }, auth }, { params: { id }, body }) => {
    const { password, pinCode, ...changes } = body;
    if (changes.isAdmin !== undefined && changes.isAdmin !== auth.user.isAdmin && auth.user.id === id) {
      throw new DarkroomError('input/invalid', 'Admin status can only be changed by another admin');
    }
    const saved = await saveUser(db, id, {
      ...changes,
      ...(password ? { password: await hashPassword(password) } : {}),
      ...(pinCode === undefined ? {} : { pinCode: pinCode ? await hashPassword(pinCode) : null }),
    });
    if (changes.storageLabel !== undefined) relay.kick();
    return saved;
  },
});
