import { DarkroomError } from '#shared/errors/errors.ts';
import { findUser } from '#shared/users/user.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { serializeUser } from './serialize-user.ts';

/** Returns the public fields of a user. */
export const getUser = operation('getUser', {
  method: 'GET',
  path: '/users/:id',
  auth: 'user',
  permission: 'user.read',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db } }, { params: { id } }) => {
    const user = await findUser(db, id);
    if (user?.deletedAt !== null) throw new DarkroomError('input/invalid', 'User not found');
    return serializeUser(user);
  },
});
