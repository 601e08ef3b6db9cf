import { z } from 'zod';
import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import { createFirstUser, hasUsers } from '#shared/users/user.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { emailField, userNameField } from '#shared/users/user-fields.ts';
import { passwordField } from '../users/user-schemas.ts';
import { serializeUserAdmin } from '../users/serialize-user.ts';

const signUpBody = z.object({
  email: emailField,
  name: userNameField,
  password: passwordField.min(1),
}) satisfies z.ZodType<BodyOf<'signUpAdmin'>>;

/** Creates the first user, an administrator. Of concurrent requests exactly one succeeds, and every later one fails. */
export const signUpAdmin = operation('signUpAdmin', {
  method: 'POST',
  path: '/auth/admin-sign-up',
  auth: 'public',
  status: 201,
  body: signUpBody,
  handler: async ({ ports: { db, relay } }, { body: { email, name, password } }) => {
    const hash = (await hasUsers(db)) ? undefined : await hashPassword(password);
    const user =
      hash &&
      (await createFirstUser(db, {
        id: newId(),
        email,
        name,
        password: hash,
        isAdmin: true,
        storageLabel: 'admin',
        shouldChangePassword: true,
        avatarColor: null,
        quotaSizeInBytes: null,
        pinCode: null,
        deletedAt: null,
      }));
    if (!user) throw new DarkroomError('input/invalid', 'The server already has an admin');
    relay.kick();
    return serializeUserAdmin(user, undefined);
  },
});
