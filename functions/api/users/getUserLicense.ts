import { DarkroomError } from '#shared/errors/errors.ts';
import { findUserMetadata } from '#shared/users/user-metadata.ts';
import { operation } from '../http/operation.ts';
import { parseLicense } from './serialize-user.ts';

/** The Immich licence of the caller's account, if it was imported with one. @throws resource/not-found */
export const getUserLicense = operation('getUserLicense', {
  method: 'GET',
  path: '/users/me/license',
  auth: 'user',
  permission: 'userLicense.read',
  status: 200,
  handler: async ({ ports: { db }, auth }) => {
    const license = parseLicense(await findUserMetadata(db, auth.user.id, 'license'));
    if (license === undefined) throw new DarkroomError('resource/not-found');
    return license;
  },
});
