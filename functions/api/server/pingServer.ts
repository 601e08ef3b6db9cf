import { operation } from '../http/operation.ts';

export const pingServer = operation('pingServer', {
  method: 'GET',
  path: '/server/ping',
  auth: 'public',
  status: 200,
  handler: async () => ({ res: 'pong' }),
});
