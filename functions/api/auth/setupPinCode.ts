import { hashPassword } from '#shared/auth/passwords.ts';
import { setFirstPinCode } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';

/** Gives an account its first PIN code. */
export async function setupPinCode(
  { ports: { db }, auth }: RequestContext,
  { body: { pinCode } }: RouteInput<undefined, undefined, BodyOf<'setupPinCode'>>,
): Promise<void> {
  if (!(await setFirstPinCode(db, auth.user.id, await hashPassword(pinCode)))) {
    throw new DarkroomError('input/invalid', 'User already has a PIN code');
  }
}
