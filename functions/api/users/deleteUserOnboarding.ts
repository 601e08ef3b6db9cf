import { deleteUserMetadata } from '#shared/users/user-metadata.ts';
import { operation } from '../http/operation.ts';

export const deleteUserOnboarding = operation('deleteUserOnboarding', {
  method: 'DELETE',
  path: '/users/me/onboarding',
  auth: 'user',
  permission: 'userOnboarding.delete',
  status: 204,
  handler: async ({ ports: { db }, auth }) => {
    await deleteUserMetadata(db, auth.user.id, 'onboarding');
  },
});
