import { isIPv6 } from 'node:net';
import type { FastifyReply } from 'fastify';
import { hashToken } from '#shared/auth/tokens.ts';
import { verifyPassword } from '#shared/auth/passwords.ts';
import type { Db } from '#shared/db/db.ts';
import { clearLoginAttempts, forgetLoginAttempt, takeLoginTurn } from '#shared/users/login-attempt.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

/** Whose attempts are counted together: those on an account from one address, or those on one secret of somebody logged in. */
export type Attempted =
  | { what: 'login'; email: string; address: string }
  | { what: 'password' | 'pin-code'; userId: string };

const freeAttempts = 5;
/** From all addresses together: the devices of a household may all have an old password. */
const freeAttemptsOfAccount = 20;

/**
 * Checks a password or PIN code when it is its turn; wrong ones make the next turn come later, from that address and,
 * more slowly, from all others. From an address without a failure one attempt is always checked, whatever others did: a
 * right password is never locked out by strangers.
 * @throws overloaded, with `Retry-After`, before its turn or while too many others are checked
 */
export async function checkSecret(
  { db, reply }: { db: Db; reply: FastifyReply },
  attempted: Attempted,
  secret: string,
  hash: string | null | undefined,
): Promise<boolean> {
  const { own, account } = keysOf(attempted);
  const turn = await takeLoginTurn(db, own, freeAttempts);
  if (turn.outcome === 'wait') throw askToWait(reply, turn.waitMs);
  const accountTurn = account && (await takeLoginTurn(db, account, freeAttemptsOfAccount));
  if (accountTurn?.outcome === 'wait' && !turn.isFirst) throw askToWait(reply, accountTurn.waitMs);
  const forgetAccount = async () => {
    if (account !== undefined && accountTurn?.outcome === 'try') await forgetLoginAttempt(db, account);
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
