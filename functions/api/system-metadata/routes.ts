import { notYet, route, type Operations } from '../route.ts';
import { adminOnboardingBody, getAdminOnboarding, updateAdminOnboarding } from './admin-onboarding.ts';

export const systemMetadataRoutes = {
  getAdminOnboarding: route({
    method: 'GET',
    path: '/system-metadata/admin-onboarding',
    auth: 'admin',
    permission: 'systemMetadata.read',
    status: 200,
    handler: getAdminOnboarding,
  }),
  updateAdminOnboarding: route({
    method: 'POST',
    path: '/system-metadata/admin-onboarding',
    auth: 'admin',
    permission: 'systemMetadata.update',
    status: 204,
    body: adminOnboardingBody,
    handler: (context, { body }) => updateAdminOnboarding(context, body),
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
