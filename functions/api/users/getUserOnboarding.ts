import { findUserMetadata } from '#shared/users/user-metadata.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { isOnboarded } from './onboarding.ts';

/** Whether the caller has been shown around. */
export async function getUserOnboarding({
  ports: { db },
  auth,
}: RequestContext): Promise<ResponseOf<'getUserOnboarding'>> {
  return { isOnboarded: isOnboarded(await findUserMetadata(db, auth.user.id, 'onboarding')) };
}
