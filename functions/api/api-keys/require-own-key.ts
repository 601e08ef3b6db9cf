import { DarkroomError } from '#shared/errors/errors.ts';

/** @throws input/invalid if the caller has no such key */
export function requireOwnKey<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new DarkroomError('input/invalid', 'API Key not found');
  return found;
}
