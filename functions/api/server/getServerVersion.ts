import { operation } from '../http/operation.ts';
import { contractVersion } from '../http/version.ts';

export const getServerVersion = operation('getServerVersion', {
  method: 'GET',
  path: '/server/version',
  auth: 'public',
  status: 200,
  handler: async () => contractVersion,
});
