import { deleteOtherSessions } from '#shared/users/session.ts';
import type { RequestContext } from '../route.ts';

/** Logs out every device of the caller but the one that asks. */
export async function deleteAllSessions({ ports: { db }, auth }: RequestContext): Promise<void> {
  await deleteOtherSessions(db, auth.user.id, auth.session?.id);
}
