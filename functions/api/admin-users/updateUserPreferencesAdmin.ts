import { operation } from '../http/operation.ts';
import { changePreferences } from '../users/change-preferences.ts';
import { preferencesBody } from '../users/user-schemas.ts';
import { lowerCaseIdParams } from '../http/fields.ts';
import { getUserById } from './find-user-admin.ts';

/** Changes only the preferences that the body contains. */
export const updateUserPreferencesAdmin = operation('updateUserPreferencesAdmin', {
  method: 'PUT',
  path: '/admin/users/:id/preferences',
  auth: 'admin',
  permission: 'adminUser.update',
  patchAlias: true,
  status: 200,
  params: lowerCaseIdParams,
  body: preferencesBody,
  handler: async ({ ports: { db } }, { params: { id }, body }) => {
    await getUserById(db, id, { withDeleted: false });
    return changePreferences(db, id, body);
  },
});
