import { DarkroomError } from '#shared/errors/errors.ts';

const cost = 10;
const longestBytes = 72;

/** bcrypt uses libuv's four threads, which file access needs too. */
const runningMax = 2;
/** At about 50 ms of one core each, the last one waits for half a second. */
const waitingMax = 16;

/** Loaded at the first login, to keep cold starts short. */
const loadBcrypt = async () => (await import('bcrypt')).default;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * The bcrypt hash of a password or PIN code, in the form that Immich stores, so that accounts can be moved both ways.
 * bcrypt uses only 72 bytes: longer ones are refused instead of truncated. They are not hashed first, since Immich
 * could not verify that.
 * @throws input/invalid, overloaded
 */
export async function hashPassword(password: string): Promise<string> {
  if (Buffer.byteLength(password) > longestBytes) {
    throw new DarkroomError('input/invalid', `The password is longer than ${longestBytes} bytes`);
  }
  return inTurn(async () => (await loadBcrypt()).hash(password, cost));
}

const nobodysHash = '$2b$10$bObiu8P8e523kQ4DZ.R5keAQwQSu/cLmT56DUWJktw.n5NoV0TuOe';

/**
 * True if a password or PIN code matches its hash. Without a hash it takes the same time, so that the time does not
 * reveal which accounts exist.
 * @throws overloaded
 */
export async function verifyPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const isEqual = await inTurn(async () => (await loadBcrypt()).compare(password, hash ?? nobodysHash));
  return isEqual && typeof hash === 'string';
}

/**
 * Two run at a time and sixteen wait; more are refused, since each takes as much CPU as many requests.
 * @throws overloaded
 */
async function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
  if (running < runningMax) running += 1;
  else if (waiting.length >= waitingMax) throw new DarkroomError('overloaded', 'Too many logins at once, try again');
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await act();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}
