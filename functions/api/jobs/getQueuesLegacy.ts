import { operation } from '../http/operation.ts';
import { readLegacyQueues } from './legacy-queues.ts';

export const getQueuesLegacy = operation('getQueuesLegacy', {
  method: 'GET',
  path: '/jobs',
  auth: 'admin',
  permission: 'job.read',
  status: 200,
  handler: async ({ ports }) => {
    return readLegacyQueues(ports.db);
  },
});
