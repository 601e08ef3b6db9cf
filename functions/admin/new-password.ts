import { randomBytes } from 'node:crypto';
import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { AdminInput, AdminPorts } from './command.ts';
import { hasFlag } from './read-input.ts';

export interface NewPassword {
  hash: string;
  /** A generated password, to be shown once and changed by its user; undefined if the password was given. */
  generated: string | undefined;
}

const shortest = 8;

/** With `--password-stdin` the password on standard input, else a generated one of 120 bits. @throws input/invalid */
export async function readNewPassword(ports: AdminPorts, input: AdminInput): Promise<NewPassword> {
  if (!hasFlag(input, 'password-stdin')) {
    const generated = randomBytes(15).toString('base64url');
    return { hash: await hashPassword(generated), generated };
  }
  const password = await ports.readInput();
  if (password.length < shortest)
    throw new DarkroomError('input/invalid', `The password on standard input has fewer than ${shortest} characters`);
  return { hash: await hashPassword(password), generated: undefined };
}

/** The only output that contains a password. */
export function formatPassword({ generated }: NewPassword): string {
  return generated === undefined
    ? ''
    : `\nPassword: ${generated}\nIt is shown only this once, and must be changed at the first login.`;
}
