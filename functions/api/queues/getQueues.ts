import { operation } from '../http/operation.ts';
import { listQueues } from './read-queues.ts';

export const getQueues = operation('getQueues', {
  method: 'GET',
  path: '/queues',
  auth: 'admin',
  permission: 'queue.read',
  status: 200,
  handler: async ({ ports }) => {
    return listQueues(ports.db);
  },
});
