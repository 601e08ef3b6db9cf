import { hashPassword } from '#shared/auth/passwords.ts';
import type { BodyOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { saveUser } from '../users/save-user.ts';
import { provePinCode } from './prove-pin-code.ts';

/** Sets a new PIN code by the old one or the password. */
export async function changePinCode(
  context: RequestContext,
  { body: { newPinCode, ...proof } }: RouteInput<undefined, undefined, BodyOf<'changePinCode'>>,
): Promise<void> {
  await provePinCode(context, proof);
  await saveUser(context.ports.db, context.auth.user.id, { pinCode: await hashPassword(newPinCode) });
}
