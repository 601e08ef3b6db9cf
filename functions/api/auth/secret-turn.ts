import { isIPv6 } from 'node:net';
import type { FastifyReply } from 'fastify';
import { hashToken } from '#shared/auth/tokens.ts';
import { verifyPassword } from '#shared/auth/passwords.ts';
import type { Db } from '#shared/db/db.ts';
import { clearLoginAttempts, takeLoginTurn } from '#shared/db/queries/login-attempt.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

/** Whose attempts are counted together: an account as tried from one address, or one secret of somebody logged in. */
export type Attempted =
  | { what: 'login'; email: string; address: string }
  | { what: 'password' | 'pin-code'; userId: string };

/**
 * Checks a password or PIN code when it is its turn; wrong ones make the next turn come later.
 * @throws overloaded, with `Retry-After`, before its turn
 */
export async function checkSecret(
  { db, reply }: { db: Db; reply: FastifyReply },
  attempted: Attempted,
  secret: string,
  hash: string | null | undefined,
): Promise<boolean> {
  const key = hashToken(JSON.stringify(keyOf(attempted)));
  const turn = await takeLoginTurn(db, key);
  if (turn.outcome === 'wait') {
    const seconds = Math.ceil(turn.waitMs / 1000);
    reply.header('retry-after', String(seconds));
    throw new DarkroomError('overloaded', `Too many attempts, try again in ${seconds} s`);
  }
  const isRight = await verifyPassword(secret, hash);
  if (isRight) await clearLoginAttempts(db, key);
  return isRight;
}

function keyOf(attempted: Attempted): string[] {
  return attempted.what === 'login'
    ? [attempted.what, attempted.email, networkOf(attempted.address)]
    : [attempted.what, attempted.userId];
}

/** One household has 2^64 addresses of IPv6: they count as one. @see RFC 6177, section 2 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = address.split('%', 1).join('').split('::');
  const before = head.split(':').filter(Boolean);
  const after = (tail ?? '').split(':').filter(Boolean);
  const gap = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...gap, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
