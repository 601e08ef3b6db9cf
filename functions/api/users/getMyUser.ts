import { findUserMetadata } from '#shared/users/user-metadata.ts';
import { operation } from '../http/operation.ts';
import { serializeUserAdmin } from './serialize-user.ts';

export const getMyUser = operation('getMyUser', {
  method: 'GET',
  path: '/users/me',
  auth: 'user',
  permission: 'user.read',
  status: 200,
  handler: async ({ ports: { db }, auth: { user } }) => {
    return serializeUserAdmin(user, await findUserMetadata(db, user.id, 'license'));
  },
});
