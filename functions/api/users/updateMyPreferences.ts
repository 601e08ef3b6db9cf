import { operation } from '../http/operation.ts';
import { changePreferences } from './change-preferences.ts';
import { preferencesBody } from './user-schemas.ts';

/** Changes only the preferences that the body contains. */
export const updateMyPreferences = operation('updateMyPreferences', {
  method: 'PUT',
  path: '/users/me/preferences',
  auth: 'user',
  permission: 'userPreference.update',
  patchAlias: true,
  status: 200,
  body: preferencesBody,
  handler: async ({ ports: { db }, auth }, { body }) => {
    return changePreferences(db, auth.user.id, body);
  },
});
