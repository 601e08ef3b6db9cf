import type { ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { getPreferences } from '../users/change-preferences.ts';
import { getUserById } from './find-user-admin.ts';

/** The preferences of a user, deleted or not. */
export async function getUserPreferencesAdmin(
  { ports: { db } }: RequestContext,
  { params: { id } }: RouteInput<{ id: string }, undefined, undefined>,
): Promise<ResponseOf<'getUserPreferencesAdmin'>> {
  await getUserById(db, id, { withDeleted: true });
  return getPreferences(db, id);
}
