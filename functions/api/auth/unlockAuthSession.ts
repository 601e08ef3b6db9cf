import { z } from 'zod';
import { unlockSession } from '#shared/users/session.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { provePinCode } from './prove-pin-code.ts';
import { requireSession } from './require-session.ts';
import { proofFields } from './auth-schemas.ts';

const unlockedMinutes = 15;

const unlockSessionBody = z.object(proofFields) satisfies z.ZodType<BodyOf<'unlockAuthSession'>>;

/** Shows locked assets to the current session for a limited time. Accepts only the PIN code, not the password. */
export const unlockAuthSession = operation('unlockAuthSession', {
  method: 'POST',
  path: '/auth/session/unlock',
  auth: 'user',
  status: 204,
  body: unlockSessionBody,
  handler: async (context, { body: { pinCode } }) => {
    const sessionId = requireSession(context);
    await provePinCode(context, pinCode === undefined ? {} : { pinCode });
    await unlockSession(context.ports.db, sessionId, context.auth.user.id, unlockedMinutes);
  },
});
