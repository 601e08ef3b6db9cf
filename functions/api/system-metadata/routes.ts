import { notYet, type Operations } from '../route.ts';

export const systemMetadataRoutes = {
  getAdminOnboarding: notYet({
    method: 'GET',
    path: '/system-metadata/admin-onboarding',
    auth: 'admin',
    permission: 'systemMetadata.read',
    status: 200,
  }),
  updateAdminOnboarding: notYet({
    method: 'POST',
    path: '/system-metadata/admin-onboarding',
    auth: 'admin',
    permission: 'systemMetadata.update',
    status: 204,
  }),
  getReverseGeocodingState: notYet({
    method: 'GET',
    path: '/system-metadata/reverse-geocoding-state',
    auth: 'admin',
    permission: 'systemMetadata.read',
    status: 200,
  }),
  getVersionCheckState: notYet({
    method: 'GET',
    path: '/system-metadata/version-check-state',
    auth: 'admin',
    permission: 'systemMetadata.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
