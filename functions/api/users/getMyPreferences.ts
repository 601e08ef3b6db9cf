import { operation } from '../http/operation.ts';
import { getPreferences } from './change-preferences.ts';

export const getMyPreferences = operation('getMyPreferences', {
  method: 'GET',
  path: '/users/me/preferences',
  auth: 'user',
  permission: 'userPreference.read',
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    return getPreferences(db, auth.user.id);
  },
});
