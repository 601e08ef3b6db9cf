import { unlockSession } from '#shared/users/session.ts';
import type { BodyOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { provePinCode } from './prove-pin-code.ts';
import { requireSession } from './require-session.ts';

const unlockedMinutes = 15;

/** Lets the session that asks see locked assets for a while. Only the PIN code opens them, not the password. */
export async function unlockAuthSession(
  context: RequestContext,
  { body: { pinCode } }: RouteInput<undefined, undefined, BodyOf<'unlockAuthSession'>>,
): Promise<void> {
  const sessionId = requireSession(context);
  await provePinCode(context, pinCode === undefined ? {} : { pinCode });
  await unlockSession(context.ports.db, sessionId, context.auth.user.id, unlockedMinutes);
}
