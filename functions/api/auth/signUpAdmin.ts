import { hashPassword } from '#shared/auth/passwords.ts';
import { createFirstUser, hasUsers } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { newId } from '#shared/ids/ids.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { PublicContext, RouteInput } from '../route.ts';
import { serializeUserAdmin } from '../users/serialize.ts';

/** Makes the first user, an administrator. Of many who try at once exactly one gets in, and nobody after. */
export async function signUpAdmin(
  { ports: { db, relay } }: PublicContext,
  { body: { email, name, password } }: RouteInput<undefined, undefined, BodyOf<'signUpAdmin'>>,
): Promise<ResponseOf<'signUpAdmin'>> {
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
}
