import { deleteUserMetadata } from '#shared/users/user-metadata.ts';
import { operation } from '../http/operation.ts';

export const deleteUserLicense = operation('deleteUserLicense', {
  method: 'DELETE',
  path: '/users/me/license',
  auth: 'user',
  permission: 'userLicense.delete',
  status: 204,
  handler: async ({ ports: { db }, auth }) => {
    await deleteUserMetadata(db, auth.user.id, 'license');
  },
});
