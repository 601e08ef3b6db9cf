import { findUserMetadata } from '#shared/users/user-metadata.ts';
import { operation } from '../http/operation.ts';
import { isOnboarded } from './onboarding.ts';

/** Whether the caller has completed the onboarding. */
export const getUserOnboarding = operation('getUserOnboarding', {
  method: 'GET',
  path: '/users/me/onboarding',
  auth: 'user',
  permission: 'userOnboarding.read',
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    return { isOnboarded: isOnboarded(await findUserMetadata(db, auth.user.id, 'onboarding')) };
  },
});
