import { compare, hash as bcryptHash } from 'bcryptjs';
import { DarkroomError } from '#shared/errors/errors.ts';

const cost = 10;
const longestBytes = 72;

/**
 * The bcrypt hash of a password or PIN code, in the form that Immich stores, so that accounts can be moved both ways.
 * bcrypt sees only 72 bytes: longer ones are refused rather than cut, and not hashed first, which Immich could not read.
 * @throws input/invalid
 */
export async function hashPassword(password: string): Promise<string> {
  if (Buffer.byteLength(password) > longestBytes) {
    throw new DarkroomError('input/invalid', `The password is longer than ${longestBytes} bytes`);
  }
  return bcryptHash(password, cost);
}

const nobodysHash = '$2b$10$bObiu8P8e523kQ4DZ.R5keAQwQSu/cLmT56DUWJktw.n5NoV0TuOe';

/** Whether a password or PIN code is the one that was hashed. Takes as long for somebody without a password, so that the time does not tell who has an account. */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const isEqual = await compare(password, hash ?? nobodysHash);
  return isEqual && typeof hash === 'string';
}
