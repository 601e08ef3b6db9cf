import { lockAllSessions } from '#shared/users/session.ts';
import type { BodyOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { saveUser } from '../users/save-user.ts';
import { provePinCode } from './prove-pin-code.ts';

/** Takes the PIN code away, by itself or by the password, and locks every session. */
export async function resetPinCode(
  context: RequestContext,
  { body }: RouteInput<undefined, undefined, BodyOf<'resetPinCode'>>,
): Promise<void> {
  const { ports, auth } = context;
  await provePinCode(context, body);
  await saveUser(ports.db, auth.user.id, { pinCode: null });
  await lockAllSessions(ports.db, auth.user.id);
}
