import { passwordField, pinCodeField } from '../users/user-schemas.ts';

export const proofFields = { password: passwordField.exactOptional(), pinCode: pinCodeField.exactOptional() };
