import { putUserMetadata } from '#shared/users/user-metadata.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';

/** Notes whether the caller has been shown around. */
export async function setUserOnboarding(
  { ports: { db }, auth }: RequestContext,
  { body: { isOnboarded } }: RouteInput<undefined, undefined, BodyOf<'setUserOnboarding'>>,
): Promise<ResponseOf<'setUserOnboarding'>> {
  await putUserMetadata(db, auth.user.id, 'onboarding', { isOnboarded });
  return { isOnboarded };
}
