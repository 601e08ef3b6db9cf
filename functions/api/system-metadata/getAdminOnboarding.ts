import { findSystemMetadata } from '#shared/settings/system-metadata.ts';
import { operation } from '../http/operation.ts';
import { isOnboarded } from '../users/onboarding.ts';

/** Whether an administrator has completed the onboarding of a new installation. */
export const getAdminOnboarding = operation('getAdminOnboarding', {
  method: 'GET',
  path: '/system-metadata/admin-onboarding',
  auth: 'admin',
  permission: 'systemMetadata.read',
  status: 200,
  handler: async ({ ports }) => {
    return { isOnboarded: isOnboarded(await findSystemMetadata(ports.db, 'admin-onboarding')) };
  },
});
