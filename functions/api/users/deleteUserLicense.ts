import { deleteUserMetadata } from '#shared/users/user-metadata.ts';
import type { RequestContext } from '../route.ts';

/** Takes a licence off the caller's account. */
export async function deleteUserLicense({ ports: { db }, auth }: RequestContext): Promise<void> {
  await deleteUserMetadata(db, auth.user.id, 'license');
}
