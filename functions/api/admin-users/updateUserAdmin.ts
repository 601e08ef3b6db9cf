import { hashPassword } from '#shared/auth/passwords.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext, RouteInput } from '../route.ts';
import { saveUser } from '../users/save-user.ts';

/** Changes an account. Nobody makes or unmakes themselves an administrator, so there is always one left. */
export async function updateUserAdmin(
  { ports: { db, relay }, auth }: RequestContext,
  { params: { id }, body }: RouteInput<{ id: string }, undefined, BodyOf<'updateUserAdmin'>>,
): Promise<ResponseOf<'updateUserAdmin'>> {
  const { password, pinCode, ...changes } = body;
  if (changes.isAdmin !== undefined && changes.isAdmin !== auth.user.isAdmin && auth.user.id === id) {
    throw new DarkroomError('input/invalid', 'Admin status can only be changed by another admin');
  }
  const saved = await saveUser(db, id, {
    ...changes,
    ...(password ? { password: await hashPassword(password) } : {}),
    ...(pinCode === undefined ? {} : { pinCode: pinCode ? await hashPassword(pinCode) : null }),
  });
  if (changes.storageLabel !== undefined) relay.kick();
  return saved;
}
