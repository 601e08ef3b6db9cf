import { DarkroomError } from '#shared/errors/errors.ts';

/** Takes away the `undefined` of a key that the caller does not have. @throws input/invalid */
export function requireOwnKey<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new DarkroomError('input/invalid', 'API Key not found');
  return found;
}
