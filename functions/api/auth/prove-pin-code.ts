import { findUser } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext } from '../http/operation.ts';
import { checkSecret } from './check-secret.ts';

/** Verifies the PIN code or the password of the caller's account. @throws input/invalid, overloaded */
export async function provePinCode(
  { ports: { db }, auth, reply }: RequestContext,
  { password, pinCode }: { password?: string; pinCode?: string },
): Promise<void> {
  const userId = auth.user.id;
  const user = await findUser(db, userId);
  if (!user?.pinCode) throw new DarkroomError('input/invalid', 'User does not have a PIN code');
  if (password) {
    if (await checkSecret({ db, reply }, { what: 'password', userId }, password, user.password)) return;
    throw new DarkroomError('input/invalid', 'Wrong password');
  }
  if (!pinCode) throw new DarkroomError('input/invalid', 'Either password or pinCode is required');
  if (await checkSecret({ db, reply }, { what: 'pin-code', userId }, pinCode, user.pinCode)) return;
  throw new DarkroomError('input/invalid', 'Wrong PIN code');
}
