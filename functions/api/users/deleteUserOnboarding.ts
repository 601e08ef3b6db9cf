import { deleteUserMetadata } from '#shared/users/user-metadata.ts';
import type { RequestContext } from '../route.ts';

/** Forgets whether the caller has been shown around. */
export async function deleteUserOnboarding({ ports: { db }, auth }: RequestContext): Promise<void> {
  await deleteUserMetadata(db, auth.user.id, 'onboarding');
}
