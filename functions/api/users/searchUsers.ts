import { listUsers } from '#shared/users/user.ts';
import { operation } from '../http/operation.ts';
import { serializeUser } from './serialize-user.ts';

/** Lists the users that the caller can share with. */
export const searchUsers = operation('searchUsers', {
  method: 'GET',
  path: '/users',
  auth: 'user',
  permission: 'user.read',
  status: 200,
  handler: async ({ ports: { db } }) => {
    return (await listUsers(db)).map(serializeUser);
  },
});
