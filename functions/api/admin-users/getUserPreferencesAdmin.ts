import { operation } from '../http/operation.ts';
import { getPreferences } from '../users/change-preferences.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { getUserById } from './find-user-admin.ts';

/** Finds deleted users too. */
export const getUserPreferencesAdmin = operation('getUserPreferencesAdmin', {
  method: 'GET',
  path: '/admin/users/:id/preferences',
  auth: 'admin',
  permission: 'adminUser.read',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db } }, { params: { id } }) => {
    await getUserById(db, id, { withDeleted: true });
    return getPreferences(db, id);
  },
});
