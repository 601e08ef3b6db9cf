import { z } from 'zod';
import { findSystemMetadata, putSystemMetadata } from '#shared/settings/system-metadata.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { isOnboarded } from '../users/onboarding.ts';

export const adminOnboardingBody = z.object({ isOnboarded: z.boolean() }) satisfies z.ZodType<
  BodyOf<'updateAdminOnboarding'>
>;

/** Whether an administrator was led through the settings of a new installation. */
export async function getAdminOnboarding({ ports }: RequestContext): Promise<ResponseOf<'getAdminOnboarding'>> {
  return { isOnboarded: isOnboarded(await findSystemMetadata(ports.db, 'admin-onboarding')) };
}

export async function updateAdminOnboarding(
  { ports }: RequestContext,
  { isOnboarded: value }: BodyOf<'updateAdminOnboarding'>,
): Promise<ResponseOf<'updateAdminOnboarding'>> {
  await putSystemMetadata(ports.db, 'admin-onboarding', { isOnboarded: value });
}
