import { z } from 'zod';
import { putSystemMetadata } from '#shared/settings/system-metadata.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';

const adminOnboardingBody = z.object({ isOnboarded: z.boolean() }) satisfies z.ZodType<BodyOf<'updateAdminOnboarding'>>;

export const updateAdminOnboarding = operation('updateAdminOnboarding', {
  method: 'POST',
  path: '/system-metadata/admin-onboarding',
  auth: 'admin',
  permission: 'systemMetadata.update',
  status: 204,
  body: adminOnboardingBody,
  handler: async ({ ports }, { body: { isOnboarded: value } }) => {
    await putSystemMetadata(ports.db, 'admin-onboarding', { isOnboarded: value });
  },
});
