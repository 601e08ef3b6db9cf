import { operation } from '../http/operation.ts';

/** The credentials have been checked before. Any other response makes the mobile app wipe its data. */
export const validateAccessToken = operation('validateAccessToken', {
  method: 'POST',
  path: '/auth/validateToken',
  auth: 'user',
  anyScope: true,
  status: 200,
  handler: async () => {
    return { authStatus: true };
  },
});
