import { z } from 'zod';
import { putUserMetadata } from '#shared/users/user-metadata.ts';
import type { BodyOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';

const onboardingBody = z.object({ isOnboarded: z.boolean() }) satisfies z.ZodType<BodyOf<'setUserOnboarding'>>;

export const setUserOnboarding = operation('setUserOnboarding', {
  method: 'PUT',
  path: '/users/me/onboarding',
  auth: 'user',
  permission: 'userOnboarding.update',
  status: 200,
  body: onboardingBody,
  handler: async ({ ports: { db }, auth }, { body: { isOnboarded } }) => {
    await putUserMetadata(db, auth.user.id, 'onboarding', { isOnboarded });
    return { isOnboarded };
  },
});
