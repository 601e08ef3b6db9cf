import { z } from 'zod';
import { DarkroomError } from '#shared/errors/errors.ts';
import { findUserByEmail } from '#shared/users/user.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { emailField } from '#shared/users/user-fields.ts';
import { passwordField } from '../users/user-schemas.ts';
import { checkSecret } from './check-secret.ts';
import { startSession } from './start-session.ts';

const loginBody = z.object({
  email: emailField,
  password: passwordField,
}) satisfies z.ZodType<BodyOf<'login'>>;

/** Logs in with a password. Neither the response nor its timing reveals whether the account exists. */
export const login = operation('login', {
  method: 'POST',
  path: '/auth/login',
  auth: 'public',
  status: 201,
  body: loginBody,
  handler: async (context, { body: { email, password } }) => {
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
  },
});
