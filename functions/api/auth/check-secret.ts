import { isIPv6 } from 'node:net';
import type { FastifyReply } from 'fastify';
import { hashToken } from '#shared/auth/tokens.ts';
import { verifyPassword } from '#shared/auth/passwords.ts';
import type { Db } from '#shared/db/db.ts';
import { clearLoginAttempts, forgetLoginAttempt, limitLoginAttempt } from '#shared/users/login-attempt.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

/** Attempts that are counted together: on an account from one address, or on one secret of a logged-in user. */
export type Attempted =
  | { what: 'login'; email: string; address: string }
  | { what: 'password' | 'pin-code'; userId: string };

const freeAttempts = 5;
/** From all addresses together, since all devices of a household may still have an old password. */
const freeAttemptsOfAccount = 20;

/**
 * Checks a password or PIN code unless the waiting time after failed attempts is not over. Failures lengthen that time
 * for their address and, more slowly, for all others. One attempt from an address without failures is always checked, so
 * that attackers cannot lock out a user with the correct password.
 * @throws overloaded, with `Retry-After`, during the waiting time or while too many others are checked
 */
export async function checkSecret(
  { db, reply }: { db: Db; reply: FastifyReply },
  attempted: Attempted,
  secret: string,
  hash: string | null | undefined,
): Promise<boolean> {
  const { own, account } = keysOf(attempted);
  const limit = await limitLoginAttempt(db, own, freeAttempts);
  if (limit.outcome === 'limited') throw askToWait(reply, limit.waitMs);
  const accountLimit = account && (await limitLoginAttempt(db, account, freeAttemptsOfAccount));
  if (accountLimit?.outcome === 'limited' && !limit.isFirst) throw askToWait(reply, accountLimit.waitMs);
  const forgetAccount = async () => {
    if (account !== undefined && accountLimit?.outcome === 'allowed') await forgetLoginAttempt(db, account);
  };
  let isRight: boolean;
  try {
    isRight = await verifyPassword(secret, hash);
  } catch (error) {
    await forgetLoginAttempt(db, own);
    await forgetAccount();
    throw error;
  }
  if (isRight) {
    await clearLoginAttempts(db, own);
    await forgetAccount();
  }
  return isRight;
}

function askToWait(reply: FastifyReply, waitMs: number): DarkroomError {
  const seconds = Math.ceil(waitMs / 1000);
  reply.header('retry-after', String(seconds));
  return new DarkroomError('overloaded', `Too many attempts, try again in ${seconds} s`);
}

function keysOf(attempted: Attempted): { own: Buffer; account?: Buffer } {
  const keyOf = (...parts: string[]) => hashToken(JSON.stringify(parts));
  if (attempted.what !== 'login') return { own: keyOf(attempted.what, attempted.userId) };
  const { email, address } = attempted;
  return { own: keyOf('login', email, networkOf(address)), account: keyOf('account', email) };
}

/** An IPv6 address counts as its /64 network, which is that of one household. @see RFC 6177, section 2 */
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
