import { lockSession } from '#shared/users/session.ts';
import type { RequestContext } from '../route.ts';
import { requireSession } from './require-session.ts';

/** Hides locked assets from the session that asks. */
export async function lockAuthSession(context: RequestContext): Promise<void> {
  await lockSession(context.ports.db, requireSession(context), context.auth.user.id);
}
