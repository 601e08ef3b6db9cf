import { restoreUser } from '#shared/users/user.ts';
import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { requireUser, toUserAdmin } from './find-user-admin.ts';

export const restoreUserAdmin = operation('restoreUserAdmin', {
  method: 'POST',
  path: '/admin/users/:id/restore',
  auth: 'admin',
  permission: 'adminUser.delete',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db, relay } }, { params: { id } }) => {
    const user = requireUser(await restoreUser(db, id));
    relay.kick();
    return toUserAdmin(db, user);
  },
});
