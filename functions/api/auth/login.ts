import { findUserByEmail } from '#shared/users/user.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { PublicContext, RouteInput } from '../route.ts';
import { checkSecret } from './secret-turn.ts';
import { startSession } from './start-session.ts';

/** Logs in by password. Nothing in its answer or its time tells whether there is such an account. */
export async function login(
  context: PublicContext,
  { body: { email, password } }: RouteInput<undefined, undefined, BodyOf<'login'>>,
): Promise<ResponseOf<'login'>> {
  const { ports, request, reply } = context;
  const { db } = ports;
  const found = await findUserByEmail(db, email);
  const user = found?.deletedAt === null ? found : undefined;
  const attempted = { what: 'login', email, address: request.ip } as const;
  const isRight = await checkSecret({ db, reply }, attempted, password, user?.password);
  if (!isRight || user === undefined) {
    ports.log.warn({ email, address: request.ip }, 'failed login');
    throw new DarkroomError('auth/invalid', 'Incorrect email or password');
  }
  return startSession(context, user, 'password');
}
