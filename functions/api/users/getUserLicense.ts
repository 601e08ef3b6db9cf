import { findUserMetadata } from '#shared/users/user-metadata.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { parseLicense } from './serialize.ts';

/** The Immich licence that came along with the caller's account, if one did. @throws resource/not-found */
export async function getUserLicense({ ports: { db }, auth }: RequestContext): Promise<ResponseOf<'getUserLicense'>> {
  const license = parseLicense(await findUserMetadata(db, auth.user.id, 'license'));
  if (license === undefined) throw new DarkroomError('resource/not-found');
  return license;
}
