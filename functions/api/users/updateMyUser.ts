import { hashPassword } from '#shared/auth/passwords.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { saveUser } from './save-user.ts';

/** Changes the caller's own account. A password is what the app sends when the account asks for a first one. */
export async function updateMyUser(
  { ports: { db }, auth }: RequestContext,
  { body: { password, ...changes } }: RouteInput<undefined, undefined, BodyOf<'updateMyUser'>>,
): Promise<ResponseOf<'updateMyUser'>> {
  const renewed = password ? { password: await hashPassword(password), shouldChangePassword: false } : {};
  return saveUser(db, auth.user.id, { ...changes, ...renewed }, 'Email is not available');
}
