import { operation } from '../http/operation.ts';
import { readQueue } from './read-queues.ts';
import { queueParams } from './queue-schemas.ts';

export const getQueue = operation('getQueue', {
  method: 'GET',
  path: '/queues/:name',
  auth: 'admin',
  permission: 'queue.read',
  status: 200,
  params: queueParams,
  handler: async ({ ports }, { params: { name } }) => {
    return readQueue(ports.db, name);
  },
});
