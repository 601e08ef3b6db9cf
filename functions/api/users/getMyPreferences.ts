import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { getPreferences } from './change-preferences.ts';

/** The caller's preferences. */
export async function getMyPreferences({
  ports: { db },
  auth,
}: RequestContext): Promise<ResponseOf<'getMyPreferences'>> {
  return getPreferences(db, auth.user.id);
}
