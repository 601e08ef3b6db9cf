import { notYet, route, type Operations } from '../route.ts';
import { deleteUserLicense } from './deleteUserLicense.ts';
import { deleteUserOnboarding } from './deleteUserOnboarding.ts';
import { getMyPreferences } from './getMyPreferences.ts';
import { getMyUser } from './getMyUser.ts';
import { getUser } from './getUser.ts';
import { getUserLicense } from './getUserLicense.ts';
import { getUserOnboarding } from './getUserOnboarding.ts';
import { idParams as params, onboardingBody, preferencesBody, updateMyUserBody } from './schemas.ts';
import { searchUsers } from './searchUsers.ts';
import { setUserOnboarding } from './setUserOnboarding.ts';
import { updateMyPreferences } from './updateMyPreferences.ts';
import { updateMyUser } from './updateMyUser.ts';

export const usersRoutes = {
  searchUsers: route({ method: 'GET', path: '/users', auth: 'user', permission: 'user.read', status: 200, handler: searchUsers }),
  getMyUser: route({ method: 'GET', path: '/users/me', auth: 'user', permission: 'user.read', status: 200, handler: getMyUser }),
  updateMyUser: route({ method: 'PUT', path: '/users/me', auth: 'user', permission: 'user.update', patchAlias: true, status: 200, body: updateMyUserBody, handler: updateMyUser }),
  getMyCalendarHeatmap: notYet({ method: 'GET', path: '/users/me/calendar-heatmap', auth: 'user', permission: 'user.read', status: 200 }),
  deleteUserLicense: route({ method: 'DELETE', path: '/users/me/license', auth: 'user', permission: 'userLicense.delete', status: 204, handler: deleteUserLicense }),
  getUserLicense: route({ method: 'GET', path: '/users/me/license', auth: 'user', permission: 'userLicense.read', status: 200, handler: getUserLicense }),
  // Only Immich can check a licence key: it stays unwritten.
  setUserLicense: notYet({ method: 'PUT', path: '/users/me/license', auth: 'user', permission: 'userLicense.update', status: 200 }),
  deleteUserOnboarding: route({ method: 'DELETE', path: '/users/me/onboarding', auth: 'user', permission: 'userOnboarding.delete', status: 204, handler: deleteUserOnboarding }),
  getUserOnboarding: route({ method: 'GET', path: '/users/me/onboarding', auth: 'user', permission: 'userOnboarding.read', status: 200, handler: getUserOnboarding }),
  setUserOnboarding: route({ method: 'PUT', path: '/users/me/onboarding', auth: 'user', permission: 'userOnboarding.update', status: 200, body: onboardingBody, handler: setUserOnboarding }),
  getMyPreferences: route({ method: 'GET', path: '/users/me/preferences', auth: 'user', permission: 'userPreference.read', status: 200, handler: getMyPreferences }),
  updateMyPreferences: route({ method: 'PUT', path: '/users/me/preferences', auth: 'user', permission: 'userPreference.update', patchAlias: true, status: 200, body: preferencesBody, handler: updateMyPreferences }),
  deleteProfileImage: notYet({ method: 'DELETE', path: '/users/profile-image', auth: 'user', permission: 'userProfileImage.delete', status: 204 }),
  createProfileImage: notYet({ method: 'POST', path: '/users/profile-image', auth: 'user', permission: 'userProfileImage.update', accepts: 'multipart', status: 201 }),
  getUser: route({ method: 'GET', path: '/users/:id', auth: 'user', permission: 'user.read', status: 200, params, handler: getUser }),
  getProfileImage: notYet({ method: 'GET', path: '/users/:id/profile-image', auth: 'user', permission: 'userProfileImage.read', raw: true, status: 200 }),
} satisfies Partial<Operations>; // prettier-ignore
