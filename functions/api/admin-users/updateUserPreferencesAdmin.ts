import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { changePreferences } from '../users/change-preferences.ts';
import { getUserById } from './find-user-admin.ts';

/** Changes the preferences of a user that are named and leaves the others. */
export async function updateUserPreferencesAdmin(
  { ports: { db } }: RequestContext,
  { params: { id }, body }: RouteInput<{ id: string }, undefined, BodyOf<'updateUserPreferencesAdmin'>>,
): Promise<ResponseOf<'updateUserPreferencesAdmin'>> {
  await getUserById(db, id, { withDeleted: false });
  return changePreferences(db, id, body);
}
