import { z } from 'zod';
import { emailField, quotaField, storageLabelField, userNameField } from '#shared/users/user-fields.ts';
import { createFirstUser, createUser } from '#shared/users/user.ts';
import type { User } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { NewUser } from '#shared/db/tables.ts';
import type { AdminCommand, AdminInput } from './command.ts';
import { readNewPassword, formatPassword } from './new-password.ts';
import { findCount, findOption, getOnlyArgument, hasFlag } from './read-input.ts';
import { toJson } from './users-list.ts';

export const command: AdminCommand = {
  options: {
    name: { type: 'string' },
    admin: { type: 'boolean' },
    folder: { type: 'string' },
    'quota-gib': { type: 'string' },
    'password-stdin': { type: 'boolean' },
  },
  async run(ports, input) {
    const details = readDetails(input);
    const db = await ports.openDb();
    const password = await readNewPassword(ports, input);
    const user = await save(db, {
      ...details,
      id: newId(),
      password: password.hash,
      shouldChangePassword: password.generated !== undefined,
      avatarColor: null,
      pinCode: null,
      deletedAt: null,
    });
    const role = user.isAdmin ? ', an administrator' : '';
    return {
      text: `${user.email} has an account now${role}.${formatPassword(password)}`,
      json: { ...toJson(user), generatedPassword: password.generated },
    };
  },
};

const newUserFields = z.object({
  email: emailField,
  name: userNameField,
  isAdmin: z.boolean(),
  storageLabel: storageLabelField,
  quotaSizeInBytes: quotaField,
});

/** Applies the rules of the API. @throws ZodError */
function readDetails(input: AdminInput) {
  const quotaGib = findCount(input, 'quota-gib');
  const email = getOnlyArgument(input, 'e-mail address');
  return newUserFields.parse({
    email,
    name: findOption(input, 'name') ?? email.split('@')[0],
    isAdmin: hasFlag(input, 'admin'),
    storageLabel: findOption(input, 'folder') ?? null,
    quotaSizeInBytes: quotaGib === undefined ? null : quotaGib * 2 ** 30,
  });
}

/** The first user becomes an administrator, because sign-up as one is closed once a user exists. */
async function save(db: Db, user: NewUser): Promise<User> {
  const first = await createFirstUser(db, { ...user, isAdmin: true });
  if (first !== undefined) return first;
  const saved = await createUser(db, user);
  if (saved.outcome === 'saved') return saved.user;
  throw new DarkroomError(
    'input/invalid',
    saved.outcome === 'email-taken' ? `${user.email} has an account already` : `The folder belongs to another account`,
  );
}
