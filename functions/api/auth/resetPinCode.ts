import { z } from 'zod';
import { lockAllSessions } from '#shared/users/session.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { saveUser } from '../users/save-user.ts';
import { provePinCode } from './prove-pin-code.ts';
import { proofFields } from './auth-schemas.ts';

const resetPinCodeBody = z.object(proofFields) satisfies z.ZodType<BodyOf<'resetPinCode'>>;

/** Removes the PIN code and locks every session. Requires the PIN code or the password. */
export const resetPinCode = operation('resetPinCode', {
  method: 'DELETE',
  path: '/auth/pin-code',
  auth: 'user',
  permission: 'pinCode.delete',
  status: 204,
  body: resetPinCodeBody,
  handler: async (context, { body }) => {
    const { ports, auth } = context;
    await provePinCode(context, body);
    await saveUser(ports.db, auth.user.id, { pinCode: null });
    await lockAllSessions(ports.db, auth.user.id);
  },
});
