import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { changePreferences } from './change-preferences.ts';

/** Changes the preferences that are named and leaves the others. */
export async function updateMyPreferences(
  { ports: { db }, auth }: RequestContext,
  { body }: RouteInput<undefined, undefined, BodyOf<'updateMyPreferences'>>,
): Promise<ResponseOf<'updateMyPreferences'>> {
  return changePreferences(db, auth.user.id, body);
}
