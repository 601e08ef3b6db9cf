import { z } from 'zod';
import { emailField, userNameField } from '#shared/users/user-fields.ts';
import type { BodyOf } from '../http/contract.ts';
import { passwordField } from '../users/user-schemas.ts';
import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { createUser } from '#shared/users/user.ts';
import { operation } from '../http/operation.ts';
import { serializeUserAdmin } from '../users/serialize-user.ts';
import { userFields } from './admin-user-schemas.ts';

const createUserBody = z.object({
  ...userFields,
  email: emailField,
  name: userNameField,
  notify: z.boolean().exactOptional(),
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'createUserAdmin'>>;

/** Creates a user, who must change the password at the first login unless the body says otherwise. */
export const createUserAdmin = operation('createUserAdmin', {
  method: 'POST',
  path: '/admin/users',
  auth: 'admin',
  permission: 'adminUser.create',
  status: 201,
  body: createUserBody,
  handler: async ({ ports: { db, relay } }, { body }) => {
    if (!body.password) throw new DarkroomError('input/invalid', 'password is required');
    const created = await createUser(db, {
      id: newId(),
      email: body.email,
      name: body.name,
      password: await hashPassword(body.password),
      avatarColor: body.avatarColor ?? null,
      isAdmin: body.isAdmin ?? false,
      pinCode: body.pinCode ? await hashPassword(body.pinCode) : null,
      quotaSizeInBytes: body.quotaSizeInBytes ?? null,
      shouldChangePassword: body.shouldChangePassword ?? true,
      storageLabel: body.storageLabel ?? null,
      deletedAt: null,
    });
    if (created.outcome === 'saved') {
      // Announces the files that were found in the folder of the new user.
      relay.kick();
      return serializeUserAdmin(created.user, undefined);
    }
    const message =
      created.outcome === 'email-taken' ? 'User exists' : 'Storage label already in use by another account';
    throw new DarkroomError('input/invalid', message);
  },
});
