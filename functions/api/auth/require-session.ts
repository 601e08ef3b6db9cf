import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext } from '../http/operation.ts';

/** The id of the current session. @throws input/invalid for an API key */
export function requireSession({ auth }: RequestContext): string {
  if (auth.session !== undefined) return auth.session.id;
  throw new DarkroomError('input/invalid', 'This endpoint can only be used with a session token');
}
