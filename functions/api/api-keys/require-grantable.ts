import { isGranted } from '#shared/auth/permissions.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext } from '../http/operation.ts';

/** A key can grant only its own permissions, a session all. @throws input/invalid with `message` */
export function requireGrantable(
  { auth }: RequestContext,
  permissions: readonly string[],
  message = 'Cannot grant permissions you do not have',
): void {
  if (auth.apiKey !== undefined && !isGranted(auth.apiKey.permissions, permissions)) {
    throw new DarkroomError('input/invalid', message);
  }
}
