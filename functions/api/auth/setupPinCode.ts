import { z } from 'zod';
import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { setFirstPinCode } from '#shared/users/user.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { pinCodeField } from '../users/user-schemas.ts';

const setupPinCodeBody = z.object({ pinCode: pinCodeField }) satisfies z.ZodType<BodyOf<'setupPinCode'>>;

/** Sets the first PIN code of an account. */
export const setupPinCode = operation('setupPinCode', {
  method: 'POST',
  path: '/auth/pin-code',
  auth: 'user',
  permission: 'pinCode.create',
  status: 204,
  body: setupPinCodeBody,
  handler: async ({ ports: { db }, auth }, { body: { pinCode } }) => {
    if (!(await setFirstPinCode(db, auth.user.id, await hashPassword(pinCode)))) {
      throw new DarkroomError('input/invalid', 'User already has a PIN code');
    }
  },
});
