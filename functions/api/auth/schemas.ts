import { z } from 'zod';
import type { BodyOf } from '../contract.ts';
import { emailField, passwordField, pinCodeField, userNameField } from '../users/schemas.ts';

export const loginBody = z.object({
  email: emailField,
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'login'>>;

export const signUpBody = z.object({
  email: emailField,
  name: userNameField,
  password: passwordField.min(1),
}) satisfies z.ZodType<BodyOf<'signUpAdmin'>>;

export const changePasswordBody = z.object({
  invalidateSessions: z.boolean().default(false),
  newPassword: passwordField.min(8),
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'changePassword'>>;

export const setupPinCodeBody = z.object({ pinCode: pinCodeField }) satisfies z.ZodType<BodyOf<'setupPinCode'>>;

const proof = { password: passwordField.exactOptional(), pinCode: pinCodeField.exactOptional() };

export const resetPinCodeBody = z.object(proof) satisfies z.ZodType<BodyOf<'resetPinCode'>>;

export const changePinCodeBody = z.object({
  ...proof,
  newPinCode: pinCodeField,
}) satisfies z.ZodType<BodyOf<'changePinCode'>>;

export const unlockSessionBody = z.object(proof) satisfies z.ZodType<BodyOf<'unlockAuthSession'>>;
