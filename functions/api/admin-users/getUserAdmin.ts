import { operation } from '../http/operation.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { getUserById, toUserAdmin } from './find-user-admin.ts';

/** Finds deleted users too. */
export const getUserAdmin = operation('getUserAdmin', {
  method: 'GET',
  path: '/admin/users/:id',
  auth: 'admin',
  permission: 'adminUser.read',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db } }, { params: { id } }) => {
    return toUserAdmin(db, await getUserById(db, id, { withDeleted: true }));
  },
});
