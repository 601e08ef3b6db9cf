import { z } from 'zod';
import { hashPassword } from '#shared/auth/passwords.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { saveUser } from '../users/save-user.ts';
import { pinCodeField } from '../users/user-schemas.ts';
import { provePinCode } from './prove-pin-code.ts';
import { proofFields } from './auth-schemas.ts';

const changePinCodeBody = z.object({
  ...proofFields,
  newPinCode: pinCodeField,
}) satisfies z.ZodType<BodyOf<'changePinCode'>>;

/** Requires the old PIN code or the password. */
export const changePinCode = operation('changePinCode', {
  method: 'PUT',
  path: '/auth/pin-code',
  auth: 'user',
  permission: 'pinCode.update',
  status: 204,
  body: changePinCodeBody,
  handler: async (context, { body: { newPinCode, ...proof } }) => {
    await provePinCode(context, proof);
    await saveUser(context.ports.db, context.auth.user.id, { pinCode: await hashPassword(newPinCode) });
  },
});
